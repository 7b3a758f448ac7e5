// Replies that wait a few seconds before they leave: taken back, sent at once, or refused.

import {polite} from "../base/announce.js";
import {patch} from "../base/api.js";
import {has, t} from "../base/i18n.js";
import {now} from "../base/time.js";
import {failure, toast} from "../base/toast.js";
import {answerAfter, heldIn, itemIn} from "./state.js";

/** What one may choose, in seconds. */
export const UNDO_S = [0, 5, 10, 20];
const MARGIN_MS = 1_000;

/** @param {import("./main.js").Desk} desk */
export function createHolding(desk) {
  const {store, stream} = desk;
  const asked = new Set(); // those about which the server was asked

  function giveBack(one) {
    desk.drafts.change(one.conversation, {connection: one.connection ?? null});
    desk.giveBack(one.conversation, "reply", one.text, asFiles(one.parts));
  }

  function refused(one, code, answer = answerAfter(store.state, one)) {
    const {conversation, connection, text} = one;
    if (code === "answered-meanwhile" && answer && itemIn(store.state, conversation)) {
      store.dispatch({type: "our-fence", conversation, fence: {text, connection, attachments: asFiles(one.parts), answer}});
      desk.announceNow(t("desktop.fence_title"));
      return;
    }
    giveBack(one);
    const key = `desktop.not_sent.${code}`;
    const look = {label: t("desktop.look"), run: () => desk.select(conversation)};
    toast(t(has(key) ? key : "desktop.not_sent"), {kind: "bad", action: desk.view.selected === conversation ? undefined : look});
  }

  async function sendOne(one) {
    try {
      await stream.send({type: "send_now", held: one.held});
    } catch (problem) {
      if (problem.code === "held-gone") return;
      await stream.send({type: "take_back", held: one.held});
      refused(one, problem.code, problem.context.answer);
      throw problem;
    }
  }

  const holding = {
    /** For how long a reply to this item is held now, in s: not beyond the end of its wrap-up. */
    graceFor(item) {
      const {undo_s: wanted = 0} = store.state.me;
      const left = item.wrap_up_until ? Date.parse(item.wrap_up_until) - now() : Infinity;
      return left > wanted * 1000 + MARGIN_MS ? wanted : 0;
    },

    async undo(one) {
      if (asked.has(one.held)) return;
      asked.add(one.held);
      try {
        await stream.send({type: "take_back", held: one.held});
        giveBack(one);
        polite(t("desktop.taken_back"));
      } catch (problem) {
        desk.tell(problem.code === "held-gone" ? t("desktop.undo_too_late") : problem.detail, "bad");
      } finally {
        asked.delete(one.held);
      }
    },

    undoLast() {
      const last = heldIn(store.state, desk.view.selected).findLast((one) => !asked.has(one.held));
      if (last) holding.undo(last);
    },

    /** This one, and before it what was written before it. */
    async sendNow(last) {
      for (const one of heldIn(store.state, last.conversation)) if (one.held <= last.held) await sendOne(one);
    },

    /** All of a conversation, before its work goes away. */
    async sendAll(conversation) {
      for (const one of heldIn(store.state, conversation)) await sendOne(one);
    },

    async set(undo_s) {
      await patch("/v1/me", {undo_s}).catch(failure);
    },

    follow(before, frame) {
      if (frame.type !== "event") return;
      const {fact} = frame;
      if (fact.fact === "ReplyHeld") polite(t("desktop.held_announced", {count: Math.ceil((Date.parse(fact.due_at) - now()) / 1000)}));
      const one = before.held[fact.held];
      if (fact.fact === "HeldReplyEnded" && fact.outcome === "refused" && one) refused(one, fact.code);
    },
  };
  return holding;
}

/** As the composer has them. */
const asFiles = (parts) => parts.map(({file, name, media_type, size}) => ({id: file, name, media_type, size}));
