// Colleagues who are asked in: what one does about it, and what one hears of it. What is said in a
// conversation that is not one's own work is heard while it is looked at, or while one is asked in.

import {polite} from "../base/announce.js";
import {t} from "../base/i18n.js";
import {failure, toast} from "../base/toast.js";
import {asksOf, consultsAbout, itemIn, joinedIn} from "./state.js";
import {customerName} from "./words.js";

/** @param {import("./main.js").Desk} desk */
export function createConsulting(desk) {
  const {store, stream} = desk;
  let followed = null;

  const send = (command) => stream.send(command).catch(failure);

  const consulting = {
    ask: (item, agent, question) => stream.send({type: "consult", item: item.id, agent, question}),

    async join(one) {
      await stream.send({type: "join_consult", consult: one.id}).then(() => desk.select(one.conversation), failure);
    },
    end: (one) => send({type: "end_consult", consult: one.id}),

    async takeOver(one) {
      if (one.by === store.state.me.id) await desk.holding.sendAll(one.conversation);
      await stream.send({type: "take_over", consult: one.id});
    },

    /** By whom the work can be taken over at once. */
    inAbout: (item) => consultsAbout(store.state, item.conversation)
      .filter((one) => one.state === "joined" && one.by === store.state.me.id),

    joinFirst() {
      const [first] = asksOf(store.state);
      if (first) consulting.join(first);
    },
    declineFirst() {
      const [first] = asksOf(store.state);
      if (first) consulting.end(first);
    },

    /** Hear what is said where one looks, or is asked in; after a reconnect this is said anew. */
    listen(anew = false) {
      const {selected} = desk.view;
      const others = selected !== null && !itemIn(store.state, selected) ? selected : null;
      const wanted = others ?? joinedIn(store.state)[0]?.conversation ?? null;
      if (wanted === followed && !anew) return;
      followed = wanted;
      stream.say({type: "follow", conversation: wanted});
      if (wanted !== null) desk.loading.conversation(wanted);
    },

    follow(before, frame) {
      if (frame.type === "welcome") consulting.listen(true);
      if (frame.type !== "event") return;
      const {fact} = frame;
      if (fact.fact === "ConsultAsked" && fact.agent === store.state.me.id) asked(fact);
      if (fact.fact === "ConsultJoined" && fact.by === store.state.me.id) joined(before.consults[fact.consult]);
      if (fact.fact === "ConsultEnded") ended(before.consults[fact.consult], fact.outcome);
    },
  };

  function asked(fact) {
    const words = t("desktop.asks_you", {name: fact.by_name});
    polite(`${words}. ${fact.question}`);
    // On a phone the card may be out of sight.
    if (!document.getElementById("work").checkVisibility()) {
      toast(words, {action: {label: t("desktop.look_in"), run: () => consulting.join({id: fact.consult, conversation: fact.conversation})}, stays: Infinity});
    }
    desk.alerting.nudge(`consult ${fact.consult}`, words, `${customerName(fact)}: ${fact.question}`);
  }

  function joined(one) {
    if (one) desk.tell(t("desktop.has_joined", {name: one.agent_name}));
  }

  function ended(one, outcome) {
    if (!one) return;
    const mine = one.by === store.state.me.id;
    const told = mine ? TOLD_ASKER[outcome] : TOLD_COLLEAGUE[outcome];
    const look = {label: t("desktop.look"), run: () => desk.select(one.conversation)};
    if (told) toast(t(told, {name: mine ? one.agent_name : one.by_name}), {action: desk.view.selected === one.conversation ? undefined : look});
  }

  return consulting;
}

/** What each has not done themself. */
const TOLD_ASKER = {
  declined: "desktop.consult.declined", left: "desktop.consult.left", gone: "desktop.consult.gone",
  taken_over: "desktop.consult.taken_over",
};
const TOLD_COLLEAGUE = {
  ended: "desktop.consult.ended", taken_over: "desktop.consult.yours", passed_on: "desktop.consult.passed_on",
  resolved: "desktop.consult.resolved", gone: "desktop.consult.signed_out",
};
