// Two customers who may be one person: found or suggested, looked at side by side, and joined.

import {get} from "../base/api.js";
import {dialog} from "../base/dialog.js";
import {fill, h} from "../base/dom.js";
import {date, t} from "../base/i18n.js";
import {icon} from "../base/icons.js";
import {dismissed, merged} from "./customer-actions.js";
import {openDialog} from "./dialogs.js";
import {pastTime, schemeName} from "./words.js";

const WAIT_MS = 250;
const called = (one) => one.name ?? t("desktop.customer_number", {id: String(one.id)});

/** Who may be the same, in the customer's panel. @param {import("./main.js").Desk} desk @param {number} id @param {object} entry */
export function suggestions(desk, id, {all, suggested}) {
  if (!suggested?.length) return null;
  return [
    h("h3", {}, t("desktop.maybe_same")),
    h("ul", {class: "plain stack close", data: {list: "suggestions"}}, suggested.map(({customer: other, reasons, two_accounts: two}) => h("li", {class: "stack close suggestion"},
      h("b", {class: "wrap"}, called(other)),
      h("span", {class: "small muted wrap"}, reasons.map(reasonWords).join(" · ")),
      two ? h("span", {class: "small wrap"}, icon("alert"), t("desktop.two_accounts")) : null,
      h("span", {class: "row wraps"},
        h("button", {class: "button small", type: "button", data: {keep: `compare ${other.id}`}, onclick: () => compare(desk, id, all, other.id, true)}, t("desktop.compare")),
        h("button", {class: "button quiet small", type: "button", onclick: () => dismissed(desk, id, other.id)}, t("desktop.not_same")))))),
  ];
}

const reasonWords = ({kind, scheme, value}) => t(`desktop.same.${kind}`, {scheme: scheme ? schemeName(scheme) : "", value});

/** Look for the other one. @param {import("./main.js").Desk} desk @param {number} id @param {object} all */
export async function findToMerge(desk, id, all) {
  const input = h("input", {class: "input", type: "search", id: "merge-search", maxlength: "200", autocomplete: "off", oninput: later});
  const list = h("div", {class: "targets", role: "radiogroup", "aria-label": t("desktop.merge_with")});
  let chosen = null;
  let timer = 0;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  }

  async function search() {
    const q = input.value.trim();
    chosen = null;
    if (q.length < 2) return fill(list);
    const {items} = await get("/v1/search/customers", {q, limit: 20}).catch(() => ({items: []}));
    if (q !== input.value.trim()) return undefined;
    const others = items.filter((one) => one.id !== all.id);
    return fill(list, others.length === 0 ? h("p", {class: "muted small"}, t("state.none_found")) : others.map((one) => h("label", {class: "choice target"},
      h("input", {type: "radio", name: "merge", onchange: () => { chosen = one; }}),
      h("span", {class: "grow clip"}, called(one)), h("span", {class: "tiny muted"}, `${one.id}`))));
  }

  const found = openDialog(t("desktop.merge_title"), [
    h("p", {class: "small muted"}, t("desktop.merge_hint")),
    h("div", {class: "field"}, h("label", {for: "merge-search"}, t("desktop.merge_with")), input, h("span", {class: "hint"}, t("desktop.merge_search_hint"))), list,
  ], async () => {
    if (!chosen) throw {detail: t("desktop.merge_choose")};
    return chosen.id;
  }, t("desktop.compare"));
  input.focus();
  const other = await found;
  if (other) await compare(desk, id, all, other, false);
}

/** Side by side; whoever is older is proposed to be known from then on. */
async function compare(desk, id, all, otherId, suggested) {
  const other = await get(`/v1/customers/${otherId}`, {limit: 1}).catch((problem) => desk.attempt(() => Promise.reject(problem)));
  if (!other?.profile) return;
  const both = [all, other];
  let stays = other.profile.created_at < all.profile.created_at ? other : all;
  const choice = (one) => h("th", {scope: "col"}, h("label", {class: "choice"},
    h("input", {type: "radio", name: "stays", checked: one === stays, onchange: () => { stays = one; }}),
    h("span", {class: "wrap"}, called({id: one.id, name: one.profile.name}))));
  const row = ([name, of]) => {
    const [mine, theirs] = both.map(of);
    const differs = mine !== theirs && mine && theirs;
    return h("tr", {class: differs ? "differs" : null}, h("th", {scope: "row"}, name), [mine, theirs].map((words) => h("td", {class: "wrap"}, words || "–")));
  };
  const table = h("table", {class: "table compare"},
    h("thead", {}, h("tr", {}, h("td", {}, t("desktop.stays")), both.map(choice))), h("tbody", {}, ROWS().map(row)));
  const no = {label: t("desktop.not_same"), kind: "quiet", value: "no"};
  const chosen = await dialog({title: t("desktop.compare_title"), wide: true, body: [h("p", {class: "small muted"}, t("desktop.merge_hint")), h("div", {class: "scrolled", tabindex: "0", role: "region", "aria-label": t("desktop.compare_title")}, table)],
    actions: [{label: t("do.cancel"), value: null}, ...(suggested ? [no] : []), {label: t("desktop.merge"), kind: "primary", value: "yes"}]});
  if (chosen === "no") await dismissed(desk, id, otherId);
  if (chosen === "yes") await merged(desk, stays === all ? other.id : all.id, stays.id);
}

const ROWS = () => [
  [t("desktop.number"), (one) => String(one.id)],
  [t("desktop.worth"), ({profile: p}) => [t("desktop.value_of_100", {value: p.value}), p.tier].filter(Boolean).join(" · ")],
  [t("desktop.language"), ({profile: p}) => p.language],
  [t("desktop.territory"), ({profile: p}) => p.territory],
  [t("desktop.known_since"), ({profile: p}) => date(p.created_at, "date")],
  [t("desktop.reached_on"), (one) => one.identities.map((each) => (each.scheme === "visitor" ? t("desktop.anonymous") : `${schemeName(each.scheme)} ${each.value}`)).join(", ")],
  [t("desktop.attributes"), ({profile: p}) => Object.entries(p.attributes).map(([key, value]) => `${key}: ${value}`).join(", ")],
  [t("desktop.tags"), ({profile: p}) => p.tags.join(", ")],
  [t("desktop.conversations"), (one) => String(one.counts.conversations)],
  [t("desktop.last_contact"), (one) => (one.conversations.items[0]?.last_at ? pastTime(one.conversations.items[0].last_at) : "")],
];
