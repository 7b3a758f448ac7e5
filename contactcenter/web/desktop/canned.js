// What is completed while one writes: "/" opens the canned replies, "@" in a note the colleagues.

import {get} from "../base/api.js";
import {fill, h, set} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {colleagues} from "./colleagues.js";
import {itemIn} from "./state.js";

const NAMED = /(^|\s)@([\p{L}\p{N}._-]*)$/u;
const BEGUN = /(^|\s)\/([\p{L}\p{N}_-]*)$/u;
const SHOWN_MAX = 8;
const KEPT_MS = 60_000;

/**
 * @param {import("./main.js").Desk} desk @param {HTMLTextAreaElement} area
 * @param {(start: number, end: number, words: string) => void} insert
 */
export function createCanned(desk, area, insert) {
  const list = h("ul", {class: "menu canned plain", role: "listbox", id: "canned", hidden: true});
  let all = null;
  let found = [];
  let chosen = 0;
  let start = 0;
  let readAt = 0;

  async function load() {
    all ??= [];
    readAt = Date.now();
    try {
      all = (await get("/v1/canned-replies", {limit: 200})).items;
      look();
    } catch {
      all = null; // asked again the next time
    }
  }

  async function name(begun) {
    const wanted = begun[2];
    const people = await colleagues(wanted).catch(() => []);
    if (NAMED.exec(before())?.[2] !== wanted) return;
    start = area.selectionStart - wanted.length - 1;
    found = people.filter((one) => one.id !== desk.store.state.me.id).slice(0, SHOWN_MAX)
      .map((one) => ({title: `@${one.login}`, text: one.name, put: `@${one.login} `}));
    chosen = 0;
    draw();
  }

  const before = () => area.value.slice(0, area.selectionStart);

  function look() {
    const named = desk.drafts.of(desk.view.selected).mode === "note" && NAMED.exec(before());
    if (named) return name(named);
    const begun = BEGUN.exec(before());
    if (!begun) return close();
    if (all === null || Date.now() - readAt > KEPT_MS) load();
    start = area.selectionStart - begun[2].length - 1;
    const wanted = begun[2].toLowerCase();
    found = suiting(all ?? [], itemIn(desk.store.state, desk.view.selected), wanted).slice(0, SHOWN_MAX)
      .map((one) => ({title: `/${one.shortcut}`, text: filled(one.text), put: filled(one.text)}));
    chosen = 0;
    draw();
  }

  function draw() {
    list.hidden = found.length === 0;
    set(list, {"aria-label": t("desktop.canned")});
    fill(list, found.map((each, n) => h("li", {role: "option", id: `canned-${n}`, "aria-selected": String(n === chosen), onmousedown: (event) => { event.preventDefault(); take(n); }},
      h("b", {}, each.title), h("span", {class: "clip muted"}, each.text))));
    set(area, {"aria-activedescendant": list.hidden ? null : `canned-${chosen}`});
  }

  function take(n) {
    const words = found[n].put;
    const end = area.selectionStart;
    close();
    insert(start, end, words);
  }

  function filled(text) {
    const item = itemIn(desk.store.state, desk.view.selected);
    return text.replaceAll("{customer}", item?.customer_name ?? "").replaceAll("{agent}", desk.store.state.me.name);
  }

  function close() {
    if (list.hidden && found.length === 0) return;
    found = [];
    draw();
  }

  set(area, {"aria-controls": "canned", "aria-autocomplete": "list"});
  return {
    element: list,
    look,
    close,
    /** Whether the key was for the list. */
    pressed(event) {
      if (list.hidden || event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
        draw();
      } else if (event.key === "Enter" || event.key === "Tab") take(chosen);
      else if (event.key === "Escape") close();
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

/** Of this queue or of every one; those whose shortcut begins so, and then those that hold it. */
function suiting(all, item, wanted) {
  const here = all.filter((each) => each.queues.length === 0 || each.queues.includes(item?.queue));
  const begins = here.filter((each) => each.shortcut.toLowerCase().startsWith(wanted));
  const holds = here.filter((each) => !begins.includes(each) && each.text.toLowerCase().includes(wanted));
  return [...begins, ...holds];
}
