// The agent's work: what waits for them, and what waits for the customer.

import {h, patch, set, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {itemIn, lastWords, talkOf, unread, workList} from "./state.js";
import {channelIcon, channelName, customerName, duration} from "./words.js";

/** After so long an answer is late, and after so long it is very late; ms. */
const LATE_MS = 2 * 60_000;
const VERY_LATE_MS = 10 * 60_000;

/** @param {import("./main.js").Desk} desk */
export function createWorkList(desk) {
  const mine = part("desktop.mine");
  const theirs = part("desktop.waiting_for_customer");
  const nothing = h("div", {class: "state"}, icon("empty"), h("p", {class: "title"}), h("p", {class: "small"}),
    h("button", {class: "button primary", type: "button", onclick: () => desk.act.presence("available")}));
  const element = h("div", {class: "work"}, mine.element, theirs.element, nothing);

  function part(title) {
    const heading = h("h2", {class: "section"});
    const list = h("ul", {class: "plain items"});
    return {title, heading, list, element: h("section", {}, heading, list)};
  }

  function drawPart(one, items, now) {
    one.element.hidden = items.length === 0;
    text(one.heading, t(one.title, {count: items.length}));
    patch(one.list, items, {
      key: (item) => item.id,
      make: (item) => row(desk, item.id),
      update: (node, item) => update(desk, node, item, now),
    });
  }

  return {
    element,
    draw(now) {
      const {state} = desk.store;
      const {mine: ours, theirs: others} = workList(state);
      drawPart(mine, ours, now);
      drawPart(theirs, others, now);
      nothing.hidden = ours.length + others.length + Object.keys(state.matters).length > 0 || Object.keys(state.offers).length > 0;
      if (nothing.hidden) return;
      const available = state.me?.presence === "available";
      text(nothing.children[1], t("desktop.no_work"));
      nothing.children[3].hidden = available || !state.me;
      text(nothing.children[3], t("desktop.become_available"));
      text(nothing.children[2], t(available ? "desktop.no_work_available" : "desktop.no_work_away"));
    },
  };
}

function row(desk, id) {
  const node = h("li", {},
    h("button", {class: "item", type: "button", onclick: () => {
      const item = desk.store.state.items[id];
      if (item) desk.select(item.conversation);
    }},
    h("span", {class: "channel"}), h("span", {class: "clip name"}), h("span", {class: "small wait"}),
    h("span", {class: "last small muted clip"}), h("span", {class: "count"})));
  return node;
}

function update(desk, node, item, now) {
  const {state} = desk.store;
  const [button] = node.children;
  const [channel, name, wait, last, count] = button.children;
  const selected = desk.view.selected === item.conversation;
  const words = lastWords(state, item.conversation);
  const fresh = unread(state, item);
  const way = words?.channel ?? item.channel;
  set(button, {"aria-current": selected ? "true" : null, class: `item${fresh ? " fresh" : ""}`});
  if (channel.dataset.channel !== way) {
    channel.replaceChildren(icon(channelIcon(way), channelName(way)));
    channel.dataset.channel = way;
  }
  text(name, customerName(item));
  name.title = customerName(item);
  drawWait(wait, item, now);
  const typing = talkOf(state, item.conversation).typingUntil > now;
  text(last, typing ? t("desktop.is_typing") : words ? `${mineToo(state, words)}${words.text}` : item.excerpt ?? "");
  text(count, fresh);
  count.hidden = fresh === 0;
  set(count, {"aria-label": t("desktop.unread", {count: fresh})});
}

function mineToo(state, line) {
  if (line.direction === "inbound") return "";
  return line.author_kind === "agent" && line.author_id === state.me?.id ? `${t("desktop.you")}: ` : "";
}

function drawWait(node, item, now) {
  const left = item.wrap_up_until ? Date.parse(item.wrap_up_until) - now : null;
  if (item.state === "wrapup") {
    set(node, {class: "small muted wait", title: ""});
    return text(node, left === null ? t("desktop.wrap_up") : t("desktop.wrap_up_left", {time: duration(left)}));
  }
  const waited = now - Date.parse(item.waiting_since);
  const ours = item.waiting_for === "us";
  const colour = !ours ? "muted" : waited > VERY_LATE_MS ? "bad" : waited > LATE_MS ? "warn" : "";
  set(node, {class: `small wait ${colour}`, title: t(ours ? "desktop.waits_for_you" : "desktop.waits_for_them", {time: duration(waited)})});
  text(node, duration(waited));
}

/** The conversations in the order in which they are listed. */
export function order(state) {
  const {mine, theirs} = workList(state);
  return [...mine, ...theirs].map((item) => item.conversation);
}

/** What to look at when the work that was looked at is gone. */
export function nextAfter(state, former) {
  return order(state).find((conversation) => conversation !== former && itemIn(state, conversation)) ?? null;
}
