// Somebody else answered while the agent was typing: their words and the agent's side by side.

import {fill, h, set, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {authorOf} from "./line.js";
import {talkOf} from "./state.js";
import {clockTime} from "./words.js";

/** @param {import("./main.js").Desk} desk */
export function createFence(desk) {
  const element = h("section", {class: "fence", role: "alertdialog", hidden: true, tabindex: "-1"});
  let shown = null;

  return {
    element,
    draw() {
      const {state} = desk.store;
      const fence = desk.view.selected === null ? null : talkOf(state, desk.view.selected).fence;
      const who = fence && authorOf(fence.answer, {me: state.me?.id, names: state.names});
      if (fence && fence === shown) text(element.querySelector(".whose"), whose(fence, who));
      if (fence === shown) return;
      shown = fence;
      element.hidden = !fence;
      if (!fence) return;
      set(element, {"aria-label": t("desktop.fence_title")});
      fill(element, ...parts(desk, fence, who));
      element.querySelector("button").focus();
    },
  };
}

const whose = (fence, who) => `${who} · ${clockTime(fence.answer.occurred_at)}`;

function parts(desk, fence, who) {
  const theirs = fence.answer;
  const conversation = desk.view.selected;
  return [
    h("p", {class: "row strong"}, icon("alert"), t("desktop.fence_title")),
    h("div", {class: "sides"},
      h("div", {class: "side"}, h("p", {class: "tiny muted whose"}, whose(fence, who)), h("p", {class: "text theirs"}, theirs.text)),
      h("div", {class: "side"}, h("p", {class: "tiny muted"}, t("desktop.your_answer")), h("p", {class: "text yours"}, fence.text))),
    h("div", {class: "row wraps"},
      h("button", {class: "button primary", type: "button", onclick: () => desk.act.fenceSend(conversation)}, t("desktop.fence_send")),
      h("button", {class: "button", type: "button", onclick: () => desk.act.fenceEdit(conversation)}, t("desktop.fence_edit")),
      h("button", {class: "button", type: "button", onclick: () => desk.act.fenceDrop(conversation)}, t("desktop.fence_drop"))),
  ];
}
