// Where a choice is made before something happens: consult, transfer and resolve.

import {dialog} from "../base/dialog.js";
import {fill, h} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {colleagues} from "./colleagues.js";
import {queueName} from "./words.js";

/** @param {import("./main.js").Desk} desk */
export function createDialogs(desk) {
  return {
    transfer: (item) => openTransfer(desk, item),
    consult: (item) => openConsult(desk, item),
    resolve: (item) => openResolve(desk, item),
  };
}

/**
 * A dialog with one thing to do; what refuses it is said in the dialog, which then stays.
 * @param {string} title @param {any} body @param {() => Promise<any>} run @param {string} label
 */
export function openDialog(title, body, run, label) {
  const actions = [{label: t("do.cancel"), value: null}, {label, kind: "primary", run}];
  return dialog({title, body, actions});
}

/** The same, of which the words that it gives are told once the dialog is gone. */
async function told(desk, ...how) {
  const words = await openDialog(...how);
  if (words) desk.tell(words);
}

function openTransfer(desk, item) {
  const {state} = desk.store;
  const queues = Object.entries(state.queues).map(([name, label]) => ({queue: name, label, key: `queue ${name}`, hint: name === item.queue ? t("desktop.same_queue") : t("desktop.queue")}));
  const inNow = new Set(desk.consulting.inAbout(item).map((one) => one.agent));
  const picker = createPicker(desk, "transfer", t("desktop.transfer_to"), queues, inNow);
  const note = h("textarea", {class: "input", rows: "3", maxlength: "16384", id: "transfer-note"});
  told(desk, t("desktop.transfer_title"), [
    picker.element,
    h("div", {class: "field"}, h("label", {for: "transfer-note"}, t("desktop.transfer_note")), note),
  ], async () => desk.act.transfer(item, {...picker.chosen(), note: note.value}), t("desktop.transfer"));
  picker.focus();
}

function openConsult(desk, item) {
  const picker = createPicker(desk, "consult", t("desktop.consult_whom"), [], new Set());
  const question = h("textarea", {class: "input", rows: "3", maxlength: "4000", id: "consult-question"});
  told(desk, t("desktop.consult_title"), [
    picker.element,
    h("div", {class: "field"}, h("label", {for: "consult-question"}, t("desktop.consult_question")), question),
    h("p", {class: "small muted"}, t("desktop.consult_hint")),
  ], async () => {
    const {agent, label} = picker.chosen();
    const words = question.value.trim();
    if (!words) throw {detail: t("desktop.consult_question_missing")};
    await desk.consulting.ask(item, agent, words);
    return t("desktop.consult_asked", {name: label});
  }, t("desktop.consult_ask"));
  picker.focus();
}

/**
 * One of a few that stand fixed, or a colleague: found as the name is written, with what they are and can do.
 * @param {Set<number>} first those who stand before all others
 */
function createPicker(desk, name, label, fixed, first) {
  const {state} = desk.store;
  const filter = h("input", {class: "input", type: "search", id: `${name}-filter`, autocomplete: "off", oninput: written, placeholder: t("desktop.transfer_filter")});
  const list = h("div", {class: "targets", role: "radiogroup", "aria-label": label});
  const element = h("div", {class: "field"}, h("label", {for: `${name}-filter`}, label), filter, list);
  let people = [];
  let timer = 0;
  let chosen = null;
  let picked = false; // until then it is whoever stands first, also once colleagues were read

  function show() {
    const wanted = filter.value.trim().toLowerCase();
    const [there, others] = [people.filter((one) => first.has(one.agent)), people.filter((one) => !first.has(one.agent))];
    const named = (all) => all.filter((each) => each.label.toLowerCase().includes(wanted));
    const groups = [{team: "", members: named([...there, ...fixed])}, ...byTeam(named(others))];
    const found = groups.flatMap(({members}) => members);
    chosen = (picked && found.find((each) => each.key === chosen?.key)) || found[0] || null;
    fill(list, groups.map(({team, members}) => (team ? h("div", {role: "group", "aria-label": team}, h("p", {class: "tiny muted team", "aria-hidden": "true"}, team), members.map(choiceOf)) : members.map(choiceOf))),
    found.length === 0 ? h("p", {class: "muted small"}, t(fixed.length ? "desktop.nobody_fits" : "desktop.no_colleague_fits")) : null);
  }

  function choiceOf(each) {
    return h("label", {class: "choice target"},
      h("input", {type: "radio", name: "target", checked: each === chosen, onchange: () => { chosen = each; picked = true; }}),
      h("span", {class: "grow about-target"}, h("span", {class: "clip", title: each.label}, each.label), each.detail ? h("span", {class: "tiny muted clip", title: each.detail}, each.detail) : null),
      h("span", {class: "tiny muted hint"}, each.hint));
  }

  async function ask() {
    const asked = filter.value.trim();
    const found = await colleagues(asked).catch(() => []);
    if (asked !== filter.value.trim()) return;
    people = found.filter((one) => one.id !== state.me.id).map((one) => ({
      agent: one.id, label: one.name, team: one.teams[0] ?? "", key: `agent ${one.id}`, detail: abilities(state, one),
      hint: first.has(one.id) ? t("desktop.is_in") : t("desktop.colleague_hint", {presence: t(`presence.${one.presence}`), carries: one.carries, capacity: one.capacity}),
    }));
    show();
  }

  function written() {
    show();
    clearTimeout(timer);
    timer = setTimeout(ask, 200);
  }

  show();
  ask();
  return {
    element,
    focus: () => filter.focus(),
    chosen() {
      if (!chosen) throw {detail: t(fixed.length ? "desktop.nobody_fits" : "desktop.no_colleague_fits")};
      return chosen;
    },
  };
}

/** Colleagues under the first team of each, as long as anybody is in one; those of none are the last. */
function byTeam(colleagues) {
  const teams = new Map();
  for (const one of colleagues) teams.set(one.team, [...(teams.get(one.team) ?? []), one]);
  const none = teams.get("") ?? [];
  teams.delete("");
  const named = [...teams].map(([team, members]) => ({team, members}));
  return [...named, {team: named.length && none.length ? t("desktop.no_team") : "", members: none}];
}

/** Where somebody works, and what they can: "Fiber, Care · language:en 3". */
const abilities = (state, {queues, skills}) =>
  [queues.map((name) => queueName(state, name)).join(", "), Object.entries(skills).map(([name, level]) => `${name} ${level}`).join(", ")]
    .filter(Boolean).join(" · ");

function openResolve(desk, item) {
  const {dispositions} = desk.store.state;
  let chosen = dispositions[0];
  const choices = dispositions.map((code, n) => h("label", {class: "choice target"},
    h("input", {type: "radio", name: "disposition", checked: n === 0, onchange: () => { chosen = code; }}),
    h("span", {class: "grow"}, code), n < 9 ? h("kbd", {class: "key"}, String(n + 1)) : null));
  const group = h("div", {class: "targets", role: "radiogroup", "aria-label": t("desktop.disposition"), onkeydown: numbered}, choices);

  function numbered(event) {
    const choice = choices[Number(event.key) - 1];
    if (choice && !event.ctrlKey && !event.metaKey && !event.altKey) choice.querySelector("input").click();
  }

  told(desk, t("desktop.resolve_title"), group, () => desk.act.resolve(item, chosen), t("desktop.resolve"));
  choices[0]?.querySelector("input").focus();
}
