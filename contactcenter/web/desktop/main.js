// The agent's desktop: puts state, stream and views together.

import {assertive} from "../base/announce.js";
import {bar} from "../base/bar.js";
import {h, set} from "../base/dom.js";
import * as i18n from "../base/i18n.js";
import {me, signedOut} from "../base/session.js";
import {connection, failed} from "../base/states.js";
import {connect} from "../base/stream.js";
import {now} from "../base/time.js";
import {failure, toast} from "../base/toast.js";
import {colleagueName} from "./colleagues.js";
import {createActing} from "./acting.js";
import {createAlerting} from "./alerting.js";
import {createAlerts} from "./alerts.js";
import {createCases, createMatters} from "./cases.js";
import {createComposer} from "./composer.js";
import {createConsulting} from "./consulting.js";
import {createAsks, createLookingOn} from "./consults.js";
import {createConversation} from "./conversation.js";
import {createCustomer} from "./customer.js";
import {createCustomers} from "./customers.js";
import {createDialogs} from "./dialogs.js";
import {createDrafts} from "./drafts.js";
import {createHeader} from "./header.js";
import {createHolding} from "./holding.js";
import {createLoading} from "./loading.js";
import {createOffers} from "./offers.js";
import {addShortcuts} from "./shortcuts.js";
import {itemIn} from "./state.js";
import {createStore} from "./store.js";
import texts from "./texts.js";
import {customerName} from "./words.js";
import {createWorkList, nextAfter, order} from "./work-list.js";

/** @typedef {ReturnType<typeof createDesk>} Desk */

i18n.add(texts);
document.title = i18n.t("desktop.title");
start();

async function start() {
  try {
    open(await me());
  } catch (problem) {
    document.body.replaceChildren(h("main", {id: "main"}, failed(problem, () => location.reload())));
  }
}

function open(person) {
  const desk = createDesk(person);
  draw(desk, person);
  addShortcuts(desk);
}

function createDesk(person) {
  const store = createStore();
  const desk = {
    person,
    store,
    language: i18n.language(),
    connection: "connecting",
    view: {selected: null, pane: "work", places: new Map()},
    loading: createLoading(store),
    customers: createCustomers(store),
    drafts: createDrafts(person.id, () => store.redraw()),
    tell: (words, kind = "good") => toast(words, {kind}),
    announceNow: assertive,
    /** Do something that may be refused, and say so. */
    attempt: (work) => work().catch(failure),
  };
  const line = connection();
  desk.line = line;
  desk.stream = connect("/v1/desktop", {
    frame: (frame) => receive(desk, frame),
    state(state, problem) {
      desk.connection = state;
      line.show(state, problem);
      if (state === "signed-out") signedOut();
      store.redraw();
    },
  });
  desk.holding = createHolding(desk);
  desk.consulting = createConsulting(desk);
  desk.act = createActing(desk);
  desk.alerting = createAlerting(desk);
  desk.dialogs = createDialogs(desk);
  desk.cases = createCases(desk);
  return desk;
}

function receive(desk, frame) {
  if (frame.type === "problem") return failure(frame.problem);
  return desk.store.dispatch(frame.type === "typing" ? {...frame, at: now()} : frame);
}

function draw(desk, person) {
  const header = createHeader(desk);
  const offers = createOffers(desk);
  const alerts = createAlerts(desk);
  const asks = createAsks(desk);
  const list = createWorkList(desk);
  const matters = createMatters(desk);
  const lookingOn = createLookingOn(desk);
  const composer = createComposer(desk);
  const conversation = createConversation(desk, composer);
  const customer = createCustomer(desk);
  const work = h("nav", {class: "work-pane", id: "work", tabindex: "-1", "aria-label": i18n.t("desktop.work")}, offers.element, alerts.element, asks.element, list.element, matters.element, lookingOn.element);
  const panes = h("main", {class: "panes", id: "main", tabindex: "-1"}, h("h1", {class: "unseen"}, i18n.t("desktop.title")), work, conversation.element, customer.element);
  document.body.replaceChildren(bar(person, {page: "desktop", middle: header.middle, end: header.end}), desk.line, panes);
  document.body.classList.add("desktop");

  Object.assign(desk, {
    openPresence: header.openPresence,
    focusComposer: composer.focus,
    focusConversation: () => conversation.element.querySelector(".stream").focus(),
    toEnd: conversation.lines.toEnd,
    openScript: conversation.scripts.open,
    attach: composer.attach,
    /** Do something with the customer who is shown: `act(desk, id, all)`. */
    withCustomer(act) {
      const id = desk.customers.idIn(desk.view.selected);
      const all = id === null ? null : desk.customers.of(id);
      if (all) act(desk, id, all);
    },
    /** Hear from now on what others change about them. */
    lookAtCustomer(id) {
      if (desk.lookedAt === id || desk.connection !== "live") return;
      desk.lookedAt = id;
      desk.stream.say({type: "follow_customer", customer: id});
    },
    /** A customer that was found: their open or last conversation. */
    async lookAt(customer) {
      if (customer.open_conversation) return desk.select(customer.open_conversation);
      await desk.customers.load(customer.id);
      const last = desk.customers.of(customer.id)?.conversations.items[0];
      if (last) desk.select(last.id);
      else desk.tell(i18n.t("desktop.no_conversation_yet"));
    },
    /** @param {number|null} id @param {number} [number] the line to be looked at */
    select(id, number) {
      const former = desk.view.selected;
      desk.view.selected = id;
      if (number) desk.view.places.set(id, {end: false, index: number - 1, offset: -24});
      if (number && former === id) conversation.lines.toRow(number - 1);
      if (former !== null && former !== id) desk.store.dispatch({type: "our-left", conversation: former});
      desk.showPane(id === null ? "work" : "conversation");
    },
    showPane(name) {
      desk.view.pane = name;
      set(panes, {data: {pane: name}});
      const target = {work: work.querySelector("[aria-current], .item") ?? work, conversation: conversation.element, customer: customer.element}[name];
      drawAll();
      (name === "conversation" && itemIn(desk.store.state, desk.view.selected)?.state === "active" && wide() ? composer : target).focus();
    },
    giveBack(id, mode, text, files) {
      const draft = desk.drafts.of(id)[mode];
      desk.drafts.change(id, {mode, [mode]: draft ? `${text}\n${draft}` : text});
      if (files?.length > 0) composer.giveFiles(id, files);
      if (desk.view.selected === id) {
        composer.load();
        composer.focus(mode);
      }
      desk.store.redraw();
    },
  });

  function drawAll() {
    const time = now();
    for (const each of [header, offers, alerts, asks, list, matters, lookingOn, conversation, customer]) each.draw(time);
    desk.consulting.listen();
  }
  desk.store.draws(drawAll);
  desk.store.follows((before, after, frame) => {
    desk.alerting.follow(before, after);
    follow(desk, before, after, frame);
  });
  set(panes, {data: {pane: "work"}});
  setInterval(drawAll, 1000);
  addEventListener("focus", drawAll);
  drawAll();
}

/** On a phone the keyboard would cover what was said. */
const wide = () => matchMedia("(min-width: 700px)").matches;

/** What a change asks for beyond being drawn. */
function follow(desk, before, after, frame) {
  if (after.stale && !before.stale) desk.stream.renew();
  // What was refused while the stream was away is a draft that the server has.
  if (frame.type === "welcome" && frame.snapshot) desk.drafts.read();
  desk.holding.follow(before, frame);
  desk.consulting.follow(before, frame);
  if (frame.type === "event" && frame.fact.fact === "ItemAssigned" && frame.fact.agent === after.me?.id) taken(desk, frame.fact);
  if (frame.type === "event" && frame.fact.fact === "ItemAssigned" && frame.fact.by && frame.fact.agent !== after.me?.id) lost(desk, before.items[frame.fact.item], frame.fact.agent);
  if (frame.type === "event" && frame.fact.fact === "ItemMoved" && after.items[frame.fact.item]) moved(desk, frame.fact);
  if (frame.type === "event" && frame.fact.fact === "AgentMentioned" && frame.fact.agent === after.me?.id) mentioned(desk, frame.fact);
  if (frame.type === "welcome") lookAgain(desk);
  if (frame.type === "event") desk.customers.heard(frame.fact);
  if (frame.type === "event" && PARTED.has(frame.fact.fact)) desk.loading.conversation(desk.view.selected);
  if (before.items !== after.items) gone(desk, before, after);
  if (frame.type === "welcome" && desk.view.selected === null && wide()) first(desk);
}

/** Whose conversation is whose may be another after these. */
const PARTED = new Set(["CustomersMerged", "CustomersUnmerged"]);

/** What was changed about the customer while the stream was away was not heard. */
function lookAgain(desk) {
  desk.lookedAt = null;
  const id = desk.view.selected === null ? null : desk.customers.idIn(desk.view.selected);
  if (id !== null) desk.customers.load(id);
}

function taken(desk, fact) {
  if (fact.conversation) desk.loading.conversation(fact.conversation);
  if (!desk.customers.of(fact.customer)) desk.customers.load(fact.customer);
  if (fact.by) desk.tell(i18n.t("desktop.assigned_by_supervisor"));
}

/** A supervisor gave it to somebody else: it does not vanish without a word. */
async function lost(desk, item, to) {
  if (!item) return;
  const name = await colleagueName(to).catch(() => null);
  const about = {customer: customerName(item), name: name ?? i18n.t("desktop.colleague", {id: String(to)})};
  desk.tell(i18n.t("desktop.given_away", about), "");
}

function mentioned(desk, fact) {
  const words = i18n.t("desktop.mentioned", {name: fact.by_name, words: fact.excerpt});
  const look = {label: i18n.t("desktop.look"), run: () => desk.select(fact.conversation, fact.number)};
  toast(words, {action: look, stays: Infinity});
  desk.alerting.nudge(`mention ${fact.conversation} ${fact.number}`, words, "");
}

function moved(desk, fact) {
  desk.loading.conversation(fact.conversation);
  desk.customers.load(fact.customer);
  if (desk.view.selected === fact.from_conversation) desk.select(fact.conversation);
}

/** Work that is no longer the agent's goes out of sight, unless somebody is writing there. */
function gone(desk, before, after) {
  for (const item of Object.values(before.items)) {
    if (after.items[item.id]) continue;
    if (desk.view.selected === item.conversation) {
      if (item.state !== "wrapup" && desk.drafts.of(item.conversation).reply) continue;
      desk.view.selected = null;
      queueMicrotask(() => desk.select(nextAfter(desk.store.state, item.conversation)));
    }
    queueMicrotask(() => desk.store.dispatch({type: "our-left", conversation: item.conversation}));
  }
}

function first(desk) {
  const [conversation] = order(desk.store.state);
  if (conversation !== undefined) queueMicrotask(() => desk.select(conversation));
}
