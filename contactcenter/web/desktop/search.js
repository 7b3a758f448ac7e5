// Search: customers by name, identity or number, and what was said with them.

import {get} from "../base/api.js";
import {fill, h, set, text} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {icon} from "../base/icons.js";
import {dialog} from "../base/dialog.js";
import {channelIcon, channelName, pastTime} from "./words.js";

const WAIT_MS = 250;
/** What was found stands between these two (docs/api.md). */
const MARKS = /\uE000([^\uE001]*)\uE001/;

/** @param {import("./main.js").Desk} desk */
export function openSearch(desk) {
  const input = h("input", {class: "input", type: "search", maxlength: "200", autocomplete: "off", oninput: later, onkeydown: down, "aria-label": t("desktop.search"), placeholder: t("desktop.search_hint")});
  const state = h("p", {class: "small muted", role: "status"});
  const list = h("div", {class: "found", onkeydown: walk});
  let timer = 0;
  let asked = "";

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  }

  async function ask() {
    const q = input.value.trim();
    asked = q;
    if (q.length < 2) {
      fill(list);
      return text(state, "");
    }
    text(state, t("state.loading"));
    try {
      const [people, said] = await Promise.all([
        get("/v1/search/customers", {q, limit: 8}), get("/v1/search/conversations", {q, limit: 20}),
      ]);
      if (asked === q) show(people.items, said.items);
    } catch (problem) {
      if (asked === q) text(state, problem.detail);
    }
  }

  function show(people, said) {
    text(state, t("desktop.found", {count: people.length + said.length}));
    fill(list,
      people.length > 0 ? h("h3", {}, t("desktop.search_customers")) : null, people.map(person),
      said.length > 0 ? h("h3", {}, t("desktop.search_said")) : null, said.map(hit));
  }

  const person = (one) => h("button", {class: "hit", type: "button", onclick: () => go(() => desk.lookAt(one))},
    icon("customer"), h("span", {class: "grow clip"}, one.name ?? t("desktop.customer_number", {id: String(one.id)})),
    one.tier ? h("span", {class: "chip"}, one.tier) : null, h("span", {class: "tiny muted"}, String(one.id)));

  const hit = (one) => h("button", {class: "hit", type: "button", onclick: () => go(() => desk.select(one.conversation, one.number))},
    icon(channelIcon(one.channel), channelName(one.channel)),
    h("span", {class: "grow"}, h("span", {class: "clip strong"}, one.customer_name ?? t("desktop.customer_number", {id: String(one.customer)})), h("span", {class: "small muted excerpt"}, marked(one.excerpt))),
    h("time", {class: "tiny muted", datetime: one.at}, pastTime(one.at)));

  function go(show) {
    list.closest("dialog").close();
    queueMicrotask(show);
  }

  function down(event) {
    if (event.key === "ArrowDown") walk(event);
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(timer);
    if (asked === input.value.trim()) list.querySelector(".hit")?.click();
    else ask();
  }

  function walk(event) {
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [input, ...list.querySelectorAll(".hit")];
    all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + by))].focus();
  }

  dialog({title: t("desktop.search"), body: [input, state, list], actions: [{label: t("do.close")}], wide: true});
  set(input, {value: ""});
  input.focus();
}

function marked(excerpt) {
  return excerpt.split(MARKS).map((part, n) => (n % 2 === 1 ? h("mark", {}, part) : part));
}
