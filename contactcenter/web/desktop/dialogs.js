// Where a choice is made before something happens: transfer and resolve.

import {dialog} from "../base/dialog.js";
import {fill, h} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {colleagues} from "./colleagues.js";

/** @param {import("./main.js").Desk} desk */
export function createDialogs(desk) {
  return {
    transfer: (item) => openTransfer(desk, item),
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
  const note = h("textarea", {class: "input", rows: "3", maxlength: "16384", id: "transfer-note"});
  const filter = h("input", {class: "input", type: "search", id: "transfer-filter", autocomplete: "off", oninput: written, placeholder: t("desktop.transfer_filter")});
  const list = h("div", {class: "targets", role: "radiogroup", "aria-label": t("desktop.transfer_to")});
  const queues = Object.entries(state.queues).map(([name, label]) => ({queue: name, label, key: `queue ${name}`, hint: name === item.queue ? t("desktop.same_queue") : t("desktop.queue")}));
  let people = [];
  let timer = 0;
  let chosen = null;

  function show() {
    const wanted = filter.value.trim().toLowerCase();
    const found = [...queues, ...people].filter((each) => each.label.toLowerCase().includes(wanted));
    chosen = found.find((each) => each.key === chosen?.key) ?? found[0] ?? null;
    fill(list, found.map((each) => h("label", {class: "choice target"},
      h("input", {type: "radio", name: "target", checked: each === chosen, onchange: () => { chosen = each; }}),
      h("span", {class: "grow clip", title: each.label}, each.label), h("span", {class: "tiny muted"}, each.hint))),
    found.length === 0 ? h("p", {class: "muted small"}, t("desktop.nobody_fits")) : null);
  }

  async function ask() {
    const asked = filter.value.trim();
    const found = await colleagues(asked).catch(() => []);
    if (asked !== filter.value.trim()) return;
    people = found.filter((one) => one.id !== state.me.id).map((one) => ({
      agent: one.id, label: one.name, key: `agent ${one.id}`, hint: t(`presence.${one.presence}`),
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
  told(desk, t("desktop.transfer_title"), [
    h("div", {class: "field"}, h("label", {for: "transfer-filter"}, t("desktop.transfer_to")), filter, list),
    h("div", {class: "field"}, h("label", {for: "transfer-note"}, t("desktop.transfer_note")), note),
  ], async () => {
    if (!chosen) throw {detail: t("desktop.nobody_fits")};
    return desk.act.transfer(item, {...chosen, note: note.value});
  }, t("desktop.transfer"));
  filter.focus();
}

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
