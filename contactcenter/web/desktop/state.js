// All that the desktop shows, as a pure fold: fold(state, frame) -> state.
// Frames are those of docs/desktop-protocol.md and a few of our own (their `type` begins with "our-"):
// pages of a conversation that were read, and what the agent has said that has no answer yet.

/**
 * @typedef {{id: number, number: number, kind: string, direction: string, channel: string,
 *   author_kind: string, author_id: number|null, text: string, parts: Array<object>,
 *   delivery: string|null, occurred_at: string, identity_id: number|null,
 *   connection_id: number|null}} Line
 * @typedef {{id: string, text: string, kind: string, at: string, status: string,
 *   number: number|null, problem: object|null, connection: number|null,
 *   attachments: Array<object>}} Pending
 * @typedef {{lines: Array<Line|undefined>, pending: Array<Pending>, tags: Array<string>,
 *   typingUntil: number, loaded: boolean, fence: object|null}} Talk
 * @typedef {{me: object|null, offers: Object<number, object>, items: Object<number, object>,
 *   matters: Object<number, object>, case_categories: Object<string, string>, case_resolutions: Array<string>,
 *   held: Object<number, object>, consults: Object<number, object>, alerts: Object<number, object>, talks: Object<number, Talk>, names: Object<number, string>, reasons: Array<string>,
 *   dispositions: Array<string>, queues: Object<string, string>, rulebook: number,
 *   stale: boolean}} State
 */

export const TYPING_MS = 6000;

/** @type {State} */
export const EMPTY = {
  me: null, offers: {}, items: {}, matters: {}, case_categories: {}, case_resolutions: [], held: {}, consults: {}, alerts: {}, talks: {}, names: {}, reasons: [], dispositions: [],
  queues: {}, rulebook: 0, stale: false, accepted: {},
};

const NO_TALK = {lines: [], pending: [], tags: [], typingUntil: 0, loaded: false, fence: null};

/**
 * The state after a frame. What is not known is passed over, what comes twice changes nothing.
 * @param {State} state @param {object} frame @returns {State}
 */
export function fold(state, frame) {
  switch (frame.type) {
    case "welcome": return frame.snapshot ? fromSnapshot(state, frame.snapshot) : state;
    case "event": return (FACTS[frame.fact.fact] ?? unchanged)(state, frame.fact);
    case "typing": return state.talks[frame.conversation]
      ? withTalk(state, frame.conversation, {typingUntil: frame.at + TYPING_MS}) : state;
    case "our-page": return withPage(state, frame);
    case "our-conversation": return withConversation(state, frame);
    case "our-customer": return withCustomer(state, frame);
    case "our-saying": return changePending(state, frame.conversation, (all) => [...all, frame.pending]);
    case "our-said": return said(state, frame);
    case "our-unsaid": return changePending(state, frame.conversation, (all) => all.filter((p) => p.id !== frame.id));
    case "our-failed": return failed(state, frame);
    case "our-fence": return withTalk(state, frame.conversation, {fence: frame.fence});
    case "our-left": return left(state, frame.conversation);
    default: return state;
  }
}

/** The conversation's part of the state; an empty one where nothing is known. */
export const talkOf = (state, conversation) => state.talks[conversation] ?? NO_TALK;

/** The agent's item in this conversation, if they have one. */
export const itemIn = (state, conversation) =>
  Object.values(state.items).find((item) => item.conversation === conversation);

/** The agent's replies there that have not left yet, in the order of writing. */
export const heldIn = (state, conversation) =>
  Object.values(state.held).filter((one) => one.conversation === conversation).sort((a, b) => a.held - b.held);

const consults = (state) => Object.values(state.consults).sort((a, b) => a.id - b.id);

/** Who is asked in about a conversation, as far as it concerns this agent. */
export const consultsAbout = (state, conversation) => consults(state).filter((one) => one.conversation === conversation);

/** Where the agent is asked in and has not answered. */
export const asksOf = (state) => consults(state).filter((one) => one.agent === state.me?.id && one.state === "asked");

/** Where the agent is asked in and looks on. */
export const joinedIn = (state) => consults(state).filter((one) => one.agent === state.me?.id && one.state === "joined");

/** What the agent is to look at, the oldest first. */
export const alertsIn = (state) => Object.values(state.alerts).sort((a, b) => a.id - b.id);

/** Whether the customer has written since a reply was: it still leaves, but one may want it back. */
export const wroteSince = (state, {conversation, seen}) =>
  talkOf(state, conversation).lines.slice(seen).some((line) => line?.direction === "inbound");

/** What somebody else has answered since a reply was written; null where it is not there. */
export const answerAfter = (state, {conversation, seen}) =>
  talkOf(state, conversation).lines.slice(seen)
    .findLast((line) => line?.direction === "outbound" && line.author_id !== state.me?.id) ?? null;

/** How many of the customer's messages the agent has not read. */
export function unread(state, item) {
  const {lines} = talkOf(state, item.conversation);
  let count = 0;
  for (let n = lines.length; n > item.read_number; n--) {
    if (lines[n - 1]?.direction === "inbound") count++;
  }
  return count;
}

/**
 * The work list in its two parts, each with whoever waits longest first.
 * @returns {{mine: Array<object>, theirs: Array<object>}}
 */
export function workList(state) {
  const items = Object.values(state.items).sort(
    (a, b) => a.waiting_since.localeCompare(b.waiting_since) || a.id - b.id);
  const mine = (item) => item.state === "wrapup" || item.waiting_for === "us" || unread(state, item) > 0;
  return {mine: items.filter(mine), theirs: items.filter((item) => !mine(item))};
}

/** The agent's cases and leads, which are no conversations, whoever waits longest first. */
export const mattersInOrder = (state) =>
  Object.values(state.matters).sort((a, b) => a.waiting_since.localeCompare(b.waiting_since) || a.id - b.id);

/** Offers, the one that lapses first before the others. */
export const offersInOrder = (state) =>
  Object.values(state.offers).sort((a, b) => a.expires_at.localeCompare(b.expires_at) || a.id - b.id);

/** The newest line that says something, for the work list. */
export function lastWords(state, conversation) {
  const {lines} = talkOf(state, conversation);
  for (let n = lines.length - 1; n >= 0 && n >= lines.length - 50; n--) {
    if (lines[n]?.kind === "message") return lines[n];
  }
  return null;
}

/** The bot's newest summary among what is loaded. */
export function summaryOf(state, conversation) {
  const {lines} = talkOf(state, conversation);
  for (let n = lines.length - 1; n >= 0; n--) if (lines[n]?.kind === "summary") return lines[n];
  return null;
}

/**
 * The ways by which the customer can be reached, the latest used first: those of what is loaded, and
 * `reach`, which the server knows of all conversations.
 * @param {Array<{connection: number, channel: string, position: number, blocked: boolean, disabled: boolean}>} [reach]
 * @returns {Array<{connection: number, channel: string}>}
 */
export function waysOf(state, conversation, reach = []) {
  const ways = new Map();
  const {lines} = talkOf(state, conversation);
  for (let n = lines.length - 1; n >= 0; n--) {
    const line = lines[n];
    if (line?.direction === "inbound" && line.connection_id && !ways.has(line.connection_id)) {
      ways.set(line.connection_id, {connection: line.connection_id, channel: line.channel, position: line.position ?? 0});
    }
  }
  for (const way of reach) {
    if (way.disabled) ways.delete(way.connection);
    else if (!way.blocked && !(ways.get(way.connection)?.position >= way.position)) ways.set(way.connection, way);
  }
  return [...ways.values()].sort((a, b) => b.position - a.position)
    .map(({connection, channel}) => ({connection, channel}));
}

// Snapshot ----------------------------------------------------------------------------------------

function fromSnapshot(state, desk) {
  const talks = {};
  const spoken = desk.items.filter(isSpoken);
  for (const item of spoken) talks[item.conversation] = talkFrom(state, item, desk.held ?? []);
  for (const [id, talk] of Object.entries(state.talks)) {
    // A conversation that is looked at without owning it stays; its end may be old: it is read anew.
    if (!talks[id] && !itemIn(state, Number(id))) talks[id] = {...talk, loaded: false};
  }
  return {
    ...state,
    me: desk.me,
    offers: keyed(desk.offers),
    items: keyed(spoken.map(({interactions, ...item}) => item)),
    matters: keyed(desk.items.filter((item) => !isSpoken(item))),
    case_categories: desk.case_categories ?? {},
    case_resolutions: desk.case_resolutions ?? [],
    held: Object.fromEntries((desk.held ?? []).map((one) => [one.held, one])),
    consults: keyed(desk.consults ?? []),
    alerts: keyed(desk.alerts ?? []),
    talks,
    names: {...state.names, [desk.me.id]: desk.me.name},
    reasons: desk.reasons,
    dispositions: desk.dispositions,
    queues: desk.queues,
    rulebook: desk.rulebook,
    stale: false,
  };
}

function talkFrom(state, item, held) {
  const before = talkOf(state, item.conversation);
  const lines = before.lines.slice();
  for (const line of item.interactions) lines[line.number - 1] = whole(line);
  const talk = {...before, lines, loaded: item.interactions.length > 0, tags: item.tags ?? before.tags};
  const arrived = (p) => [...lines, ...held].some((one) => one?.request_id === p.id);
  return {...talk, pending: talk.pending.filter((p) => !arrived(p))};
}

const isSpoken = ({kind = "conversation"}) => kind === "conversation";

const keyed = (list) => Object.fromEntries(list.map((each) => [each.id, each]));

// Facts -------------------------------------------------------------------------------------------

const unchanged = (state) => state;

const FACTS = {
  OfferMade: (state, f) => withOffer(state, {
    id: f.offer, item: f.item, kind: f.kind ?? "conversation", conversation: f.conversation ?? null, case: f.case ?? null,
    lead: f.lead ?? null, severity: f.severity ?? null, customer: f.customer, queue: f.queue,
    channel: f.channel, expires_at: f.expires_at, sentence: f.sentence, explanation: f.explanation ?? null,
    customer_name: f.customer_name ?? null, tier: f.tier ?? null, value: f.value ?? 0,
    excerpt: f.excerpt ?? "",
  }),
  OfferEnded: offerEnded,
  ItemAssigned: assigned,
  ItemQueued: (state, f) => dropItem(state, f.item, f.agent),
  ItemDone: (state, f) => dropItem(state, f.item, f.agent),
  ItemCancelled: (state, f) => dropItem(state, f.item, f.agent),
  ItemWaiting: (state, f) => withItem(state, f.item, {waiting_for: f.waiting_for, waiting_since: f.at}),
  ItemWeighed: (state, f) => withItem(state, f.item, {dormant: f.dormant}),
  ItemWrapUp: (state, f) => withItem(state, f.item,
    {state: "wrapup", wrap_up_until: f.until, disposition: f.disposition}),
  ItemReactivated: (state, f) => withItem(state, f.item, {state: "active", wrap_up_until: null}),
  ItemMoved: (state, f) => withItem(withHeld(state, (one) => (one.item === f.item ? {...one, conversation: f.conversation} : one)),
    f.item, {conversation: f.conversation, customer: f.customer}),
  CaseChanged: (state, f) => withMatter(state, f.case, {
    stage: f.state, severity: f.severity, queue: f.queue, ...(f.changes.subject ? {subject: f.changes.subject[1]} : {}),
  }),
  InteractionAppended: appended,
  DeliveryChanged: delivered,
  ConversationRead: (state, f) => {
    const item = itemIn(state, f.conversation);
    return item ? withItem(state, item.id, {read_number: Math.max(item.read_number, f.number)}) : state;
  },
  ConversationTagged: (state, f) => withTalk(state, f.conversation, {tags: f.tags}),
  PresenceChanged: (state, f) => ofMe(state, f,
    {presence: f.presence, reason: f.reason ?? null, since: f.since, cooldown_until: f.cooldown_until ?? null}),
  ConsultAsked: (state, f) => ({
    ...state,
    names: {...state.names, [f.by]: f.by_name, [f.agent]: f.agent_name},
    consults: {...state.consults, [f.consult]: {
      id: f.consult, item: f.item, conversation: f.conversation, customer: f.customer, customer_name: f.customer_name ?? null,
      state: "asked", by: f.by, by_name: f.by_name, agent: f.agent, agent_name: f.agent_name, question: f.question, asked_at: f.at,
    }},
  }),
  ConsultJoined: (state, f) => (state.consults[f.consult]
    ? {...state, consults: {...state.consults, [f.consult]: {...state.consults[f.consult], state: "joined"}}} : state),
  AlertRaised: (state, f) => ({
    ...state,
    alerts: {...state.alerts, [f.alert]: {
      id: f.alert, kind: f.kind, urgency: f.urgency, subject_kind: f.subject_kind, subject: f.subject,
      title: f.title, values: f.values ?? {}, raised_at: f.at,
    }},
  }),
  AlertAcknowledged: (state, f) => ({...state, alerts: without(state.alerts, f.alert)}),
  ConsultEnded: (state, f) => ({...state, consults: without(state.consults, f.consult)}),
  UndoChanged: (state, f) => ofMe(state, f, {undo_s: f.undo_s}),
  ReplyHeld: (state, f) => {
    const one = {
      held: f.held, item: f.item, conversation: f.conversation, text: f.text, parts: f.parts ?? [], seen: f.seen,
      connection: f.connection ?? null, request_id: f.request_id ?? null, due_at: f.due_at,
    };
    const next = {...state, held: {...state.held, [one.held]: one}};
    return changePending(next, f.conversation, (all) => all.filter((p) => p.id !== one.request_id));
  },
  HeldReplyEnded: (state, f) => ({...state, held: without(state.held, f.held)}),
  AgentConfigured: (state, f) => ofMe(state, f,
    {name: f.name, skills: f.skills, capacity: f.capacity, ceilings: f.ceilings}),
  // Reasons, dispositions and queues may be others: whoever holds the stream asks for all anew.
  RulebookPublished: (state, f) => (f.version === state.rulebook ? state : {...state, stale: true}),
};

const ofMe = (state, f, change) =>
  (state.me?.id === f.agent ? {...state, me: {...state.me, ...change}} : state);

const withOffer = (state, offer) => ({...state, offers: {...state.offers, [offer.id]: offer}});

function offerEnded(state, f) {
  const offer = state.offers[f.offer];
  const offers = without(state.offers, f.offer);
  // What is known of the customer by the offer is taken over by the item that follows it.
  const accepted = offer && f.state === "accepted" ? {...state.accepted, [f.item]: offer} : state.accepted;
  return {...state, offers, accepted};
}

function assigned(state, f) {
  if (f.agent !== state.me?.id) return dropItem(state, f.item, state.me?.id);
  const offer = state.accepted[f.item] ?? Object.values(state.offers).find((o) => o.item === f.item);
  if (!isSpoken(f)) return assignedMatter(state, f, offer);
  const item = {
    id: f.item, conversation: f.conversation, customer: f.customer,
    customer_name: offer?.customer_name ?? null, tier: offer?.tier ?? null, value: offer?.value ?? 0,
    state: "active", queue: f.queue, channel: f.channel, epoch: f.epoch, dormant: false,
    waiting_for: "us", waiting_since: f.enqueued_at, intent: null, read_number: 0,
    excerpt: offer?.excerpt ?? "", by: f.by ?? null,
    ...state.items[f.item], epoch: f.epoch,
  };
  const talks = {...state.talks, [f.conversation]: talkOf(state, f.conversation)};
  return {
    ...state, items: {...state.items, [f.item]: item}, talks, accepted: without(state.accepted, f.item),
  };
}

function assignedMatter(state, f, offer) {
  const one = {
    id: f.item, kind: f.kind, case: f.case ?? null, lead: f.lead ?? null, customer: f.customer,
    customer_name: offer?.customer_name ?? null, subject: offer?.excerpt ?? null, severity: offer?.severity ?? null,
    stage: "open", state: "active", queue: f.queue, epoch: f.epoch, waiting_since: f.enqueued_at,
  };
  return {...state, matters: {...state.matters, [f.item]: one}, accepted: without(state.accepted, f.item)};
}

function appended(state, f) {
  const talk = state.talks[f.conversation];
  if (!talk) return state;
  const line = whole(f.said);
  if (talk.lines[line.number - 1]?.id === line.id) return state;
  const lines = talk.lines.slice();
  lines[line.number - 1] = line;
  const pending = talk.pending.filter((p) => p.id !== line.request_id && p.number !== line.number);
  const typingUntil = line.direction === "inbound" ? 0 : talk.typingUntil;
  // Sent on another of one's desktops, what the fence had kept back here is said.
  const fence = talk.fence && line.author_id === state.me?.id && line.text === talk.fence.text ? null : talk.fence;
  const next = withHeld(state, (one) => (one.request_id && one.request_id === line.request_id ? null : one));
  return withTalk(next, f.conversation, {lines, pending, typingUntil, fence});
}

const STEPS = ["queued", "sending", "accepted", "sent", "delivered", "read"];

function delivered(state, f) {
  const talk = state.talks[f.conversation];
  if (!talk) return state;
  const raised = (line) => line && line.direction === "outbound" && line.identity_id === f.identity_id
    && line.number <= f.up_to && STEPS.indexOf(line.delivery) < STEPS.indexOf(f.delivery);
  const lines = talk.lines.map((line) => (raised(line) ? {...line, delivery: f.delivery} : line));
  return withTalk(state, f.conversation, {lines});
}

// Ours --------------------------------------------------------------------------------------------

/** A page of `GET /v1/conversations/{id}/interactions`. */
function withPage(state, {conversation, items}) {
  const lines = talkOf(state, conversation).lines.slice();
  const names = {...state.names};
  for (const item of items) {
    if (item.author_kind === "agent") names[item.author_id] = item.author_name ?? "";
    const known = lines[item.number - 1];
    lines[item.number - 1] = known ?? whole({...item, identity_id: item.identity, connection_id: item.connection});
  }
  return {...withTalk({...state, talks: {...state.talks, [conversation]: talkOf(state, conversation)}}, conversation, {lines, loaded: true}), names};
}

/** What `GET /v1/conversations/{id}` says: how long it is, its tags, and the work in it. */
function withConversation(state, {conversation, item}) {
  const talk = talkOf(state, conversation.id);
  const lines = talk.lines.slice();
  if (lines.length < conversation.last_number) lines.length = conversation.last_number;
  const next = {...state, talks: {...state.talks, [conversation.id]: {...talk, lines, tags: conversation.tags, about: conversation}}};
  if (!item || !state.items[item.id]) return next;
  return withItem(next, item.id, {
    customer: conversation.customer, intent: item.intent, waiting_for: item.waiting_for, waiting_since: item.waiting_since,
    read_number: Math.max(state.items[item.id].read_number, conversation.read_number),
  });
}

/** Who the customer of some items is, as they were read or edited. */
function withCustomer(state, {id, profile}) {
  const items = Object.fromEntries(Object.entries(state.items).map(([key, item]) => [key,
    item.customer === id
      ? {...item, customer_name: profile.name, tier: profile.tier, value: profile.value} : item]));
  return {...state, items};
}

/** A command was answered: its line has a number, and goes when that line is shown. */
function said(state, {conversation, id, number}) {
  const shown = talkOf(state, conversation).lines[number - 1];
  return changePending(state, conversation, (all) => (shown
    ? all.filter((p) => p.id !== id)
    : all.map((p) => (p.id === id ? {...p, number, status: "sent"} : p))));
}

const failed = (state, {conversation, id, problem}) => changePending(state, conversation,
  (all) => all.map((p) => (p.id === id ? {...p, status: "failed", problem} : p)));

/** The conversation is no longer looked at: of what is not the agent's work nothing is kept. */
function left(state, conversation) {
  if (!state.talks[conversation]) return state;
  if (!itemIn(state, conversation)) return {...state, talks: without(state.talks, conversation)};
  return withTalk(state, conversation, {lines: endOf(state.talks[conversation].lines)});
}

const KEPT = 200;

/** Holes take no memory, and are read again where somebody scrolls to them. */
function endOf(lines) {
  if (lines.length <= KEPT) return lines;
  const kept = [];
  kept.length = lines.length;
  for (let n = lines.length - KEPT; n < lines.length; n++) if (n in lines) kept[n] = lines[n];
  return kept;
}

// Steps -------------------------------------------------------------------------------------------

const whole = (said) => ({
  author_id: null, identity_id: null, connection_id: null, parts: [], delivery: null, ...said,
});

/** `change` gives each reply that is held as it is then, null: no more. */
function withHeld(state, change) {
  const kept = Object.values(state.held).map(change).filter(Boolean);
  return {...state, held: Object.fromEntries(kept.map((one) => [one.held, one]))};
}

function without(object, key) {
  const {[key]: _, ...rest} = object;
  return rest;
}

const withItem = (state, id, change) => (state.items[id]
  ? {...state, items: {...state.items, [id]: {...state.items[id], ...change}}} : state);

const withTalk = (state, id, change) => (state.talks[id]
  ? {...state, talks: {...state.talks, [id]: {...state.talks[id], ...change}}} : state);

const changePending = (state, conversation, change) =>
  withTalk(state, conversation, {pending: change(talkOf(state, conversation).pending)});

function withMatter(state, id, change) {
  const one = Object.values(state.matters).find((each) => each.case === id);
  return one ? {...state, matters: {...state.matters, [one.id]: {...one, ...change}}} : state;
}

function dropItem(state, id, agent) {
  if (agent === state.me?.id && state.matters[id]) return {...state, matters: without(state.matters, id)};
  if (agent !== state.me?.id || !state.items[id]) return state;
  return {...state, items: without(state.items, id)};
}
