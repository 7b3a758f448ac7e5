// What the agent does: commands on the stream, and what becomes of them on screen. A command whose
// answer got lost is sent again by the stream under the same id, so nothing is done twice.

import {itemIn, offersInOrder, talkOf} from "./state.js";
import {t} from "../base/i18n.js";
import {newId} from "../base/stream.js";

/** @param {import("./main.js").Desk} desk */
export function createActing(desk) {
  const {store, stream} = desk;
  const reading = new Map(); // conversation -> the number that was said to be read

  async function tried(command, failure) {
    try {
      return await stream.send(command);
    } catch (problem) {
      desk.tell(`${failure} ${problem.detail ?? ""}`.trim(), "bad");
      return null;
    }
  }

  const selectedItem = () =>
    (desk.view.selected === null ? null : itemIn(store.state, desk.view.selected));

  async function say(command, conversation, pending) {
    try {
      const result = await stream.send(command);
      store.dispatch({type: "our-said", conversation, id: pending.id, number: result.number});
      // Of others' work the stream says nothing: what was added there is read.
      if (!itemIn(store.state, conversation)) desk.loading.conversation(conversation);
    } catch (problem) {
      refused(conversation, pending, problem);
    }
  }

  function refused(conversation, pending, problem) {
    if (problem.code === "answered-meanwhile") {
      store.dispatch({type: "our-unsaid", conversation, id: pending.id});
      const fence = {text: pending.text, connection: pending.connection, attachments: pending.attachments, answer: problem.context.answer};
      store.dispatch({type: "our-fence", conversation, fence});
      desk.loading.conversation(conversation);  // who has answered may be somebody whose name was never read
      desk.announceNow(t("desktop.fence_title"));
    } else {
      store.dispatch({type: "our-failed", conversation, id: pending.id, problem});
      desk.announceNow(`${t("desktop.failed_to_send")} ${problem.detail ?? ""}`);
    }
  }

  function sayReply(conversation, text, connection, attachments, seen) {
    const item = itemIn(store.state, conversation);
    if (!item) return;
    const pending = newPending("reply", text, connection, attachments);
    store.dispatch({type: "our-saying", conversation, pending});
    desk.toEnd();
    const command = {type: "reply", id: pending.id, item: item.id, text, seen};
    if (connection) command.connection = connection;
    if (attachments.length > 0) command.files = attachments.map((file) => file.id);
    const grace = desk.holding.graceFor(item);
    if (grace > 0) hold({...command, type: "hold_reply", undo_s: grace}, conversation, pending);
    else say(command, conversation, pending);
  }

  /** That it is held, the stream says by itself: also after a reload, and on other desktops. */
  const hold = (command, conversation, pending) =>
    stream.send(command).catch((problem) => refused(conversation, pending, problem));

  function takeFence(conversation) {
    const {fence} = talkOf(store.state, conversation);
    store.dispatch({type: "our-fence", conversation, fence: null});
    return fence;
  }

  const act = {
    presence: (state, reason = null) =>
      tried({type: "presence", state, reason}, t("desktop.presence_failed")),

    async accept(offer) {
      const done = await tried({type: "accept", offer}, t("desktop.accept_failed"));
      if (done?.case) desk.cases.open(done.case);
      else if (done?.conversation) desk.select(done.conversation);
    },

    decline: (offer) => tried({type: "decline", offer}, t("desktop.decline_failed")),

    acceptFirst() {
      const [first] = offersInOrder(store.state);
      if (first) act.accept(first.id);
    },

    declineFirst() {
      const [first] = offersInOrder(store.state);
      if (first) act.decline(first.id);
    },

    reply(conversation, text, connection, attachments = []) {
      sayReply(conversation, text, connection, attachments, seenIn(store.state, conversation));
    },

    note(conversation, text, attachments = []) {
      const pending = newPending("note", text, null, attachments);
      store.dispatch({type: "our-saying", conversation, pending});
      desk.toEnd();
      const command = {type: "note", id: pending.id, conversation, text};
      if (attachments.length > 0) command.files = attachments.map((file) => file.id);
      say(command, conversation, pending);
    },

    /** Say again what was refused: as something new, since a refusal is an answer. */
    retry(conversation, pending) {
      store.dispatch({type: "our-unsaid", conversation, id: pending.id});
      if (pending.kind === "note") act.note(conversation, pending.text, pending.attachments);
      else act.reply(conversation, pending.text, pending.connection, pending.attachments);
    },

    /** Back to where it was written. */
    takeBack(conversation, pending) {
      store.dispatch({type: "our-unsaid", conversation, id: pending.id});
      desk.giveBack(conversation, pending.kind, pending.text, pending.attachments);
    },

    fenceSend(conversation) {
      const fence = takeFence(conversation);
      sayReply(conversation, fence.text, fence.connection, fence.attachments, Math.max(fence.answer.number, seenIn(store.state, conversation)));
      desk.focusComposer();
    },

    fenceEdit(conversation) {
      const {text, attachments} = takeFence(conversation);
      desk.giveBack(conversation, "reply", text, attachments);
    },

    fenceDrop(conversation) {
      takeFence(conversation);
      desk.drafts.again(conversation); // what was held when it was refused is a draft on the server
      desk.focusComposer();
    },

    /** The newest number is on screen and the page is looked at: it is read. */
    markRead(conversation) {
      const item = itemIn(store.state, conversation);
      const number = seenIn(store.state, conversation);
      if (!item || document.hidden || !document.hasFocus() || number <= item.read_number) return;
      if ((reading.get(conversation) ?? 0) >= number) return;
      reading.set(conversation, number);
      stream.send({type: "read", conversation, number}).catch(() => reading.delete(conversation));
    },

    typing: (conversation) => stream.say({type: "typing", conversation}),

    async transfer(item, to) {
      const note = to.note?.trim() || null;
      await desk.holding.sendAll(item.conversation);
      const joined = desk.consulting.inAbout(item).find((one) => one.agent === to.agent);
      if (joined) {
        if (note) await stream.send({type: "note", conversation: item.conversation, text: note});
        await desk.consulting.takeOver(joined);
      } else await stream.send({type: "transfer", item: item.id, queue: to.queue ?? null, agent: to.agent ?? null, note});
      return t("desktop.transferred", {to: to.label});
    },

    async resolve(item, disposition) {
      await desk.holding.sendAll(item.conversation);
      await stream.send({type: "resolve", item: item.id, disposition});
      return t("desktop.resolved");
    },

    async finish() {
      const item = selectedItem();
      if (item?.state !== "wrapup") return;
      await desk.holding.sendAll(item.conversation);
      await tried({type: "finish", item: item.id}, t("desktop.finish_failed"));
    },

    openTransfer() {
      const item = selectedItem();
      if (item?.state === "active") desk.dialogs.transfer(item);
    },

    openConsult() {
      const item = selectedItem();
      if (item?.state === "active") desk.dialogs.consult(item);
    },

    openResolve() {
      const item = selectedItem();
      if (item?.state === "active") desk.dialogs.resolve(item);
    },
  };
  return act;
}

/** The number of the last line that this screen has. */
export function seenIn(state, conversation) {
  const {lines} = talkOf(state, conversation);
  return lines.length;
}

const newPending = (kind, text, connection, attachments) => ({
  id: newId(), kind, text, connection, attachments, number: null, problem: null,
  status: "sending", at: new Date().toISOString(),
});
