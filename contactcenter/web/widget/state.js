/**
 * What the chat knows, as a pure fold over frames (docs/visitor-protocol.md) and what is done here:
 * `link`, `say`, `retry`, `drop`, `quiet`, `rated`, `begin`, `hours`.
 */

/**
 * @typedef {object} Message
 * @property {string} key under which it is drawn: the one that it was sent under, so that it keeps its place
 * @property {number} position
 * @property {number} conversation
 * @property {number} number
 * @property {"customer"|"agent"|"bot"|"system"} author
 * @property {string} [name]
 * @property {string} text
 * @property {any[]} [parts]
 * @property {string} [delivery]
 * @property {string} at
 *
 * @typedef {object} Outgoing a message that is not among the messages yet
 * @property {string} key its `client_msg_id`
 * @property {string} text
 * @property {{id: number, name: string, media_type: string, size: number}[]} files
 * @property {number} after the last position when it was said: what is older is another message
 * @property {string} at
 * @property {"sending"|"sent"|"failed"} status
 * @property {number} [conversation]
 * @property {number} [number]
 * @property {object} [problem]
 *
 * @typedef {object} State
 * @property {"idle"|"connecting"|"live"|"reconnecting"|"offline"|"refused"|"expired"} link
 * @property {boolean} known whether a welcome has come
 * @property {boolean} signedIn
 * @property {{id: number, open: boolean, agent: string|null, bot: string|null}|null} conversation
 * @property {Record<number, number>} delivered up to which of our numbers somebody has them, by conversation
 * @property {Record<number, number>} read up to which they have read them
 * @property {Message[]} messages
 * @property {Outgoing[]} outgoing
 * @property {{name: string|null}|null} typing
 * @property {{position: number, wait: number|null, opens: string|null}|null} queue place among all who wait, seconds until an answer, and the opening before which there is none
 * @property {string|null} opens when people answer again; null while they do
 * @property {{item: number}|null} satisfaction what we are asked about
 * @property {boolean} earlier
 * @property {number|null} position
 */

/** @type {State} */
export const EMPTY = {
  link: "idle",
  known: false,
  signedIn: false,
  conversation: null,
  delivered: {},
  read: {},
  messages: [],
  outgoing: [],
  typing: null,
  queue: null,
  opens: null,
  satisfaction: null,
  earlier: false,
  position: null,
};

/**
 * @param {State} state
 * @param {any} frame
 * @returns {State}
 */
export function fold(state, frame) {
  switch (frame.type) {
    case "link":
      return { ...state, link: frame.link };
    case "begin":
      return { ...EMPTY, link: state.link, opens: state.opens, outgoing: frame.outgoing };
    case "hours":
      return { ...state, opens: frame.opens_at };
    case "welcome":
      return welcome(state, frame);
    case "messages":
      return { ...frame.messages.reduce(hear, state), position: frame.position };
    case "earlier":
      return { ...frame.messages.reduce(hear, state), earlier: frame.more };
    case "message":
      return live(hear(state, frame), frame);
    case "sent":
      return sent(state, frame);
    case "delivery":
      return tick(state, frame);
    case "typing":
      return { ...state, typing: { name: frame.name } };
    case "quiet":
      return { ...state, typing: null };
    case "agent_joined":
      return { ...about(state, frame.conversation, { open: true, agent: frame.name, bot: null }), queue: null };
    case "closed":
      return { ...about(state, frame.conversation, { open: false, agent: null }), typing: null, queue: null };
    case "queue":
      return { ...state, queue: { position: frame.position, wait: frame.expected_wait_s, opens: frame.opens_at ?? null } };
    case "satisfaction":
      return { ...state, satisfaction: { item: frame.item } };
    case "rated":
      return { ...state, satisfaction: null };
    case "problem":
      return frame.client_msg_id ? failed(state, frame) : state;
    case "say":
      return { ...state, outgoing: [...state.outgoing, frame.outgoing] };
    case "retry":
      return outgoing(state, frame.key, { status: "sending", problem: undefined });
    case "drop":
      return { ...state, outgoing: state.outgoing.filter((one) => one.key !== frame.key) };
    default:
      return state; // of a later version
  }
}

/** What is drawn in the log, oldest first: each thing that was said once. */
export function lines(state) {
  const shown = new Set(state.messages.map((message) => message.key));
  return [...state.messages, ...state.outgoing.filter((one) => !shown.has(one.key))];
}

/** How far a message of one's own has come. */
export function progress(state, line) {
  if (line.status) return line.status;
  if ((state.read[line.conversation] ?? 0) >= line.number) return "read";
  return (state.delivered[line.conversation] ?? 0) >= line.number ? "delivered" : "sent";
}

/** What was sent to us and not looked at, on any device. */
export function unread(state) {
  return state.messages.filter((message) => waits(message, "read"));
}

/** Up to which number each conversation's messages have not been confirmed as `receipt` yet. */
export function unconfirmed(state, receipt) {
  const found = new Map();
  for (const message of state.messages) {
    if (waits(message, receipt)) found.set(message.conversation, message.number);
  }
  return [...found].map(([conversation, number]) => ({ type: receipt, conversation, number }));
}

const ORDER = ["queued", "accepted", "sent", "delivered", "read"];

function waits(message, receipt) {
  const place = ORDER.indexOf(message.delivery);
  return message.author !== "customer" && place >= 0 && place < ORDER.indexOf(receipt);
}

function welcome(state, frame) {
  const current = frame.conversation;
  // Without a position it is the newest that came: what stood here is of another time.
  const before = state.position === null ? { ...state, messages: [], earlier: frame.earlier } : state;
  const after = frame.messages.reduce(hear, before);
  return {
    ...after,
    known: true,
    signedIn: frame.signed_in,
    position: frame.position,
    typing: null,
    queue: null,
    delivered: current ? upTo(after.delivered, current.id, current.delivered) : after.delivered,
    read: current ? upTo(after.read, current.id, current.read) : after.read,
    conversation: current && { id: current.id, open: current.open, agent: current.agent, bot: answering(after, current) },
  };
}

function answering(state, current) {
  const last = state.messages.findLast((m) => m.conversation === current.id && m.author !== "customer");
  return last?.author === "bot" && !current.agent ? (last.name ?? null) : null;
}

/** One message, which may be one that is still going out. */
function hear(state, frame) {
  if (state.messages.some((message) => message.position === frame.position)) return state;
  const key = frame.author === "customer" ? keyOf(state, frame) : null;
  const message = { ...frame, key: key ?? `m${frame.position}` };
  const messages = [...state.messages, message].sort((one, other) => one.position - other.position);
  const rest = state.outgoing.filter((one) => !(one.key === key && one.status === "sent"));
  return { ...state, messages, outgoing: rest, position: Math.max(state.position ?? 0, frame.position) };
}

/**
 * Under which key we have sent this. The message may come before its `sent`: then it is the first
 * with these words, and `sent` will say if it was another device's.
 */
function keyOf(state, frame) {
  const placed = state.outgoing.find((one) => one.conversation === frame.conversation && one.number === frame.number);
  if (placed) return placed.key;
  const taken = new Set(state.messages.map((message) => message.key));
  const same = (one) => one.status === "sending" && one.text === frame.text && one.after < frame.position && one.files.length === fileCount(frame);
  return state.outgoing.find((one) => same(one) && !taken.has(one.key))?.key;
}

function fileCount({ parts = [] }) {
  return parts.filter((part) => part.type === "file").length;
}

function live(state, frame) {
  const known = state.conversation?.id === frame.conversation ? state.conversation : null;
  const conversation = known ?? { id: frame.conversation, open: true, agent: null, bot: null };
  if (frame.author === "customer") return { ...state, satisfaction: null, conversation: { ...conversation, open: true } };
  const who = frame.author === "agent" ? { agent: frame.name ?? conversation.agent, bot: null } : {};
  if (frame.author === "bot") who.bot = frame.name ?? null;
  return { ...state, typing: null, conversation: { ...conversation, ...who } };
}

function sent(state, frame) {
  const { client_msg_id: key, conversation, number } = frame;
  const there = state.messages.some((m) => m.conversation === conversation && m.number === number);
  const messages = state.messages.map((m) => {
    if (m.conversation === conversation && m.number === number) return { ...m, key };
    return m.key === key ? { ...m, key: `m${m.position}` } : m;
  });
  if (there) return { ...state, messages, outgoing: state.outgoing.filter((one) => one.key !== key) };
  return outgoing({ ...state, messages }, key, { status: "sent", conversation, number });
}

function failed(state, frame) {
  const key = frame.client_msg_id;
  const messages = state.messages.map((m) => (m.key === key ? { ...m, key: `m${m.position}` } : m));
  return outgoing({ ...state, messages }, key, { status: "failed", problem: frame.problem });
}

function outgoing(state, key, change) {
  return { ...state, outgoing: state.outgoing.map((one) => (one.key === key ? { ...one, ...change } : one)) };
}

function tick(state, { conversation, of, up_to: number, delivery }) {
  if (of === "yours") {
    const known = state[delivery];
    return known ? { ...state, [delivery]: upTo(known, conversation, number) } : state;
  }
  const messages = state.messages.map((m) =>
    m.conversation === conversation && m.number <= number && waits(m, delivery) ? { ...m, delivery } : m,
  );
  return { ...state, messages };
}

/** What comes late takes nothing back. */
function upTo(numbers, conversation, number) {
  return { ...numbers, [conversation]: Math.max(numbers[conversation] ?? 0, number) };
}

function about(state, conversation, change) {
  const known = state.conversation?.id === conversation;
  return known ? { ...state, conversation: { ...state.conversation, ...change } } : state;
}
