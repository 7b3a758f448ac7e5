// Who the customer is, on the right: what they are called and worth, how they are reached, what was
// before. Drawn anew only when something is another, so that nothing moves while it is read.

import {fill, h, set} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {date, percent, t} from "../base/i18n.js";
import {menu} from "../base/menu.js";
import {casesOf} from "./cases.js";
import {parted, startConversation, toggleBlock, toggleSpam} from "./customer-actions.js";
import {editCustomer} from "./customer-dialogs.js";
import {findToMerge, suggestions} from "./merging.js";
import {tagField} from "./tags.js";
import {channelIcon, channelName, fullTime, pastTime, schemeName} from "./words.js";

/** @param {import("./main.js").Desk} desk */
export function createCustomer(desk) {
  const body = h("div", {class: "body"});
  const back = h("button", {class: "button quiet only back", type: "button", onclick: () => desk.showPane("conversation")}, icon("back"));
  const element = h("section", {class: "about", id: "customer", tabindex: "-1"}, back, body);
  let shown = null;
  let asked = null;

  return {
    element,
    draw() {
      set(element, {"aria-label": t("desktop.customer")});
      set(back, {"aria-label": t("desktop.back_to_conversation")});
      const conversation = desk.view.selected;
      const id = conversation === null ? null : desk.customers.idIn(conversation);
      if (id !== null && asked !== `${id} ${conversation}`) {
        asked = `${id} ${conversation}`;
        desk.customers.load(id);
      }
      const entry = id === null ? null : desk.customers.entry(id);
      desk.lookAtCustomer(entry?.all?.id ?? id);
      const wanted = entry ?? (id === null ? "nobody" : "loading");
      if (wanted === shown) return;
      shown = wanted;
      keepingFocus(body, () => {
        if (entry?.all) fill(body, profile(desk, id, entry));
        else if (entry) fill(body, failed(desk, id, entry.problem));
        else fill(body, id === null ? null : h("div", {class: "bones", "aria-busy": "true", "aria-label": t("state.loading")}, [1, 2, 3, 4, 5].map(() => h("i", {}))));
      });
    },
  };
}

/** Whoever was somewhere in it is there again afterwards, with what they have begun to write. */
function keepingFocus(body, draw) {
  const active = body.contains(document.activeElement) ? document.activeElement : null;
  const {value} = active ?? {};
  draw();
  const again = active && [...body.querySelectorAll("[data-keep]")].find((each) => each.dataset.keep === active.dataset.keep);
  if (!again) return;
  if (again.tagName === "INPUT") again.value = value;
  again.focus();
}

const failed = (desk, id, problem) => h("div", {class: "state bad"}, icon("alert"),
  h("p", {class: "title"}, t("state.failed")), h("p", {class: "small"}, problem.detail ?? ""),
  h("button", {class: "button", type: "button", onclick: () => desk.customers.load(id)}, t("do.retry")));

function profile(desk, id, entry) {
  const {all} = entry;
  const {profile: p} = all;
  const more = menu(h("button", {class: "button quiet small only", type: "button", "aria-label": t("desktop.customer_menu"), data: {keep: "menu"}}, icon("more")), () => things(desk, id, all), {label: t("desktop.customer_menu")});
  return [
    h("div", {class: "row wraps"},
      h("h2", {class: "wrap large"}, p.name ?? t("desktop.customer_number", {id: String(all.id)})),
      p.tier ? h("span", {class: `chip ${p.tier === "gold" ? "gold" : ""}`}, p.tier) : null,
      h("button", {class: "button quiet small", type: "button", data: {keep: "edit"}, onclick: () => editCustomer(desk, id, all)}, icon("edit"), t("do.edit")), more),
    p.spam_at ? h("p", {class: "notice bad small"}, icon("spam"), t("desktop.is_spam")) : null,
    facts(p),
    tags(desk, id, p),
    suggestions(desk, id, entry),
    h("h3", {}, t("desktop.reached_on")), identities(desk, id, all),
    attributes(p),
    merged(desk, id, all),
    casesOf(desk, all),
    h("h3", {}, t("desktop.history", {count: all.counts.conversations})), history(desk, all),
  ];
}

const things = (desk, id, all) => [
  {label: t("do.edit"), icon: "edit", key: "e", run: () => editCustomer(desk, id, all)},
  {label: t(all.open ? "desktop.to_open" : "desktop.start"), icon: "send", key: "w", run: () => startConversation(desk, id, all)},
  {label: t("desktop.merge"), icon: "merge", run: () => findToMerge(desk, id, all)},
  "line",
  {label: t(all.profile.spam_at ? "desktop.not_spam" : "desktop.spam"), icon: "spam", key: "x", run: () => toggleSpam(desk, id, all)},
];

function facts(p) {
  const rows = [
    [t("desktop.worth"), t("desktop.value_of_100", {value: p.value})],
    p.propensity_to_leave > 0 ? [t("desktop.may_leave"), percent(p.propensity_to_leave)] : null,
    [t("desktop.language"), p.language ? languageName(p.language) : t("desktop.not_known")],
    p.territory ? [t("desktop.territory"), p.territory] : null,
    [t("desktop.known_since"), date(p.created_at, "date")],
  ];
  return h("dl", {class: "facts"}, rows.filter(Boolean).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function languageName(tag) {
  try {
    return new Intl.DisplayNames(document.documentElement.lang, {type: "language"}).of(tag);
  } catch {
    return tag;
  }
}

const tags = (desk, id, p) => tagField({kind: "customer", tags: p.tags,
  add: (tag) => desk.attempt(() => desk.customers.tag(id, tag)), remove: (tag) => desk.attempt(() => desk.customers.untag(id, tag))});

const identities = (desk, id, all) => h("dl", {class: "facts"}, all.identities.length === 0 ? h("dt", {}, t("desktop.not_known")) : null, all.identities.map((one) => [
  h("dt", {}, schemeName(one.scheme)),
  h("dd", {title: t("desktop.since", {time: fullTime(one.since)})},
    one.scheme === "visitor" ? t("desktop.anonymous") : one.value, " ",
    one.blocked_at ? h("span", {class: "chip bad"}, t("desktop.blocked")) : h("span", {class: "chip"}, t(one.verified ? "desktop.verified" : "desktop.claimed")), " ",
    h("button", {class: "button quiet small", type: "button", data: {keep: `block ${one.id}`}, onclick: () => toggleBlock(desk, id, one)}, t(one.blocked_at ? "desktop.unblock" : "desktop.block"))),
]));

function attributes(p) {
  const all = Object.entries(p.attributes);
  if (all.length === 0) return null;
  return [h("h3", {}, t("desktop.attributes")),
    h("dl", {class: "facts"}, all.map(([name, value]) => [h("dt", {class: "wrap"}, name), h("dd", {}, String(value))]))];
}

function merged(desk, id, all) {
  if (all.merged.length === 0) return null;
  return [
    h("h3", {}, t("desktop.also_was")),
    h("ul", {class: "plain stack close"}, all.merged.map((one) => h("li", {class: "row small"},
      h("span", {class: "grow wrap"}, one.name ?? t("desktop.customer_number", {id: String(one.id)}),
        one.merged_by ? h("span", {class: "muted"}, ` · ${one.merged_by}`) : null),
      h("button", {class: "button small", type: "button", data: {keep: `part ${one.id}`}, onclick: () => parted(desk, one.id, all.id)}, icon("split"), t("desktop.unmerge"))))),
  ];
}

function history(desk, all) {
  const {items} = all.conversations;
  return h("ul", {class: "plain past"}, items.map((one) => h("li", {},
    h("button", {class: "past", type: "button", "aria-current": one.id === desk.view.selected ? "true" : null, onclick: () => desk.select(one.id)},
      icon(one.channel ? channelIcon(one.channel) : "chat"),
      h("span", {class: "grow clip"}, one.channel ? channelName(one.channel) : t("desktop.conversation", {id: String(one.id)}), " ",
        h("span", {class: "muted"}, one.state === "open" ? t("desktop.open") : closedWords(one))),
      h("time", {class: "muted tiny", datetime: one.last_at ?? one.opened_at, title: fullTime(one.last_at ?? one.opened_at)}, pastTime(one.last_at ?? one.opened_at))))));
}

const REASONS = new Set(["resolved", "merged", "abandoned", "unanswered", "bot", "spam"]);
const closedWords = ({close_reason: reason}) => (REASONS.has(reason) ? t(`desktop.close.${reason}`) : t("desktop.closed"));
