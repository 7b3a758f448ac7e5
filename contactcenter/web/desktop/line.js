// One interaction as it is shown: who, by which channel, when, what became of it.

import {h, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {channelIcon, channelName, clockTime, dayName, fullTime} from "./words.js";
import {t} from "../base/i18n.js";
import {asParts, attachments} from "./attachments.js";

const DELIVERY_ICON = {
  queued: "clock", sending: "clock", accepted: "check", sent: "check", delivered: "checks",
  read: "checks", failed: "alert", unknown: "alert",
};

/**
 * @param {import("./state.js").Line|undefined} line  a hole is a row whose words are being read
 * @param {{me: number, names: Object<number, string>, before: object|undefined, unreadFrom: boolean}} about
 */
export function lineRow(line, about) {
  if (!line) return h("li", {class: "line hole", "aria-busy": "true"}, h("span", {class: "bone"}));
  const day = startsDay(line, about.before) ? h("p", {class: "day"}, dayName(line.occurred_at)) : null;
  const fresh = about.unreadFrom ? h("p", {class: "fresh"}, t("desktop.new_from_here")) : null;
  return h("li", {class: `line ${sideOf(line)}`, "data-number": String(line.number)}, day, fresh,
    h("div", {class: "speech"}, meta(line, about), words(line), attachments(line.parts)));
}

/** A reply that has not left yet; `counting` writes the seconds into it that are left. */
export function heldRow(held, {customerWrote, onUndo, onNow}) {
  return h("li", {class: "line agent pending held"},
    h("div", {class: "speech"},
      h("div", {class: "meta"}, h("span", {}, t("desktop.you")), h("span", {class: "number"}, icon("clock"), h("span", {class: "leaves"}))),
      h("p", {class: "text"}, held.text), attachments(held.parts),
      customerWrote ? h("p", {class: "small warn", role: "status"}, t("desktop.customer_wrote")) : null,
      h("div", {class: "row retry"},
        h("button", {class: "button small undo", type: "button", onclick: onUndo}, icon("undo"), h("span", {class: "number"})),
        h("button", {class: "button small quiet", type: "button", onclick: onNow}, t("desktop.send_now")))),
  );
}

/** @param {Element} row of `heldRow` @param {number} left in ms */
export function counting(row, left) {
  const seconds = Math.ceil(left / 1000);
  text(row.querySelector(".leaves"), seconds > 0 ? t("desktop.leaves_in", {count: seconds}) : t("desktop.sending"));
  text(row.querySelector(".undo .number"), seconds > 0 ? t("desktop.undo_in", {count: seconds}) : t("desktop.undo"));
}

/** What the agent has said that has no answer yet, or that was refused. */
export function pendingRow(pending, {onRetry, onDrop, onUndo}) {
  const failed = pending.status === "failed";
  const state = failed ? t("desktop.failed_to_send") : t("desktop.sending");
  const actions = failed
    ? h("div", {class: "row retry"},
        h("span", {class: "small bad"}, pending.problem?.detail ?? ""),
        h("button", {class: "button small", type: "button", onclick: onRetry}, t("do.retry")),
        h("button", {class: "button small", type: "button", onclick: onDrop}, t("desktop.take_back")))
    : null;
  const side = pending.kind === "note" ? "note" : "agent";
  return h("li", {class: `line ${side} pending${failed ? " failed" : ""}`},
    h("div", {class: "speech"},
      h("div", {class: "meta"}, h("span", {}, t("desktop.you")), h("span", {}, icon(failed ? "alert" : "clock"), state)),
      h("p", {class: "text"}, pending.text), attachments(asParts(pending.attachments)), actions));
}

function sideOf(line) {
  if (line.kind === "note") return "note";
  if (line.kind === "summary") return "summary";
  if (line.direction === "internal" || line.author_kind === "system") return "event";
  return line.direction === "inbound" ? "customer" : line.author_kind;
}

function meta(line, about) {
  const who = h("span", {class: "who"}, authorOf(line, about));
  const channel = h("span", {class: "by"}, icon(channelIcon(line.channel)), channelName(line.channel));
  const time = h("time", {datetime: line.occurred_at, title: fullTime(line.occurred_at)}, clockTime(line.occurred_at));
  const delivery = line.delivery && line.direction === "outbound"
    ? h("span", {class: `delivery ${line.delivery}`}, icon(DELIVERY_ICON[line.delivery] ?? "check"), t(`desktop.delivery.${line.delivery}`))
    : null;
  const kind = line.kind === "message" ? null : h("span", {class: "chip"}, t(`desktop.kind.${line.kind}`));
  return h("div", {class: "meta"}, who, kind, line.kind === "note" ? null : channel, time, delivery);
}

/** Who said it, in a word. */
export function authorOf(line, {me, names, customer}) {
  if (line.author_kind === "agent" && line.author_id === me) return t("desktop.you");
  if (line.author_kind === "agent") return names[line.author_id] || t("desktop.colleague", {id: String(line.author_id)});
  if (line.author_kind === "customer") return customer || t("author.customer");
  return t(`author.${line.author_kind}`);
}

const words = (line) => (line.text ? h("p", {class: "text"}, line.text) : null);

const startsDay = (line, before) =>
  !before || new Date(before.occurred_at).toDateString() !== new Date(line.occurred_at).toDateString();
