/**
 * The board as this browser has it: the same fold as the server's (contactcenter/live/board.py),
 * and a test holds both to the same. Nothing here reads a clock or draws.
 */

/** @typedef {{kind: string, conversation: number | null, case: number | null, lead: number | null}} Subject of work: the id of its kind */
/** @typedef {Subject & {queue: string, channel: string, enqueued_at: string, offered_to: number | null}} Waiting */
/** @typedef {Subject & {agent: number, queue: string, channel: string, weight: number, state: string}} Owned */
/** @typedef {{queue: string, severity: string, state: string}} OpenCase */
/** @typedef {{answered: number, answered_within: number, abandoned: number, abandoned_within: number}} Tally */
/** @typedef {{name: string, presence: string, reason: string | null, since: string, capacity: number, queues: string[], teams: number[], skills: Record<string, number>}} Agent */
/** @typedef {{name: string, lead: number | null}} Team */
/** @typedef {{kind: string, urgency: string, subject_kind: string, subject: number, title: string, values: object, to: string, agent: number | null, raised_at: string}} Alert */
/** @typedef {{offer: number, at: string, item: number, queue: string, channel: string, agent: number, sentence: string, outcome: string,
 *   explanation: import("../base/why.js").Explanation | null}} Decision `explanation`: null of what was decided before there was one */
/**
 * @typedef {{zone: string, seq: number, bots: Map<number, {queue: string, channel: string}>, waiting: Map<number, Waiting>, owned: Map<number, Owned>, cases: Map<number, OpenCase>,
 *   agents: Map<number, Agent>, teams: Map<number, Team>, alerts: Map<number, Alert>, day: string | null, tallies: Map<string, Tally>, decisions: Decision[]}} Board
 */

export const DECISIONS_MAX = 50;

/** A board before anything is known. @returns {Board} */
export const empty = () => fromSnapshot({ zone: "UTC", seq: 0, bots: {}, waiting: {}, owned: {}, cases: {}, agents: {}, teams: {}, alerts: {}, day: null, tallies: {}, decisions: [] });

/**
 * The board after a frame: a `welcome` begins it anew, an `event` changes it. It is changed in
 * place: with thousands of items, a copy for each fact would be most of the work.
 * @param {Board} board @param {any} frame @returns {Board}
 */
export function fold(board, frame) {
  if (frame.type === "welcome") return fromSnapshot(frame.snapshot);
  if (frame.type === "event" && frame.seq > board.seq) {
    board.seq = frame.seq;
    HOW[frame.fact.fact]?.(board, frame.fact);
  }
  return board;
}

/** @param {any} snapshot as the server sends it @returns {Board} */
export function fromSnapshot(snapshot) {
  const byId = (held) => new Map(Object.entries(held).map(([id, one]) => [Number(id), one]));
  return {
    ...snapshot,
    bots: byId(snapshot.bots),
    waiting: byId(snapshot.waiting),
    owned: byId(snapshot.owned),
    cases: byId(snapshot.cases ?? {}),
    agents: byId(snapshot.agents),
    teams: byId(snapshot.teams),
    alerts: byId(snapshot.alerts ?? {}),
    tallies: new Map(Object.entries(snapshot.tallies)),
    decisions: [...snapshot.decisions],
  };
}

/** The same as the server would send it. @param {Board} board */
export const toSnapshot = (board) => ({
  ...board,
  ...Object.fromEntries(["bots", "waiting", "owned", "cases", "agents", "teams", "alerts", "tallies"].map((name) => [name, Object.fromEntries(board[name])])),
});

/** The day of a time in the organisation's zone, as in "2026-11-22". @param {string} zone @param {string | number} at */
export function dayOf(zone, at) {
  if (!days.has(zone)) days.set(zone, new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }));
  return days.get(zone).format(new Date(at));
}
const days = new Map();

/** What each fact does; one that is not here, or that a later server says, changes only the number. */
const HOW = {
  BotOwned: (board, { item, queue, channel }) => void board.bots.set(item, { queue, channel }),
  ItemQueued(board, fact) {
    const { item, queue, channel, enqueued_at } = fact;
    leave(board, item);
    board.waiting.set(item, { queue, channel, ...subject(fact), enqueued_at, offered_to: null });
  },
  OfferMade(board, { offer, at, item, queue, channel, agent, sentence, explanation = null }) {
    change(board.waiting, item, { offered_to: agent });
    board.decisions.unshift({ offer, at, item, queue, channel, agent, sentence, outcome: "pending", explanation });
    board.decisions.length = Math.min(board.decisions.length, DECISIONS_MAX);
  },
  OfferEnded(board, fact) {
    change(board.waiting, fact.item, { offered_to: null });
    const place = board.decisions.findIndex((decision) => decision.offer === fact.offer);
    if (place >= 0) board.decisions[place] = { ...board.decisions[place], outcome: fact.state };
  },
  ItemAssigned(board, fact) {
    const { item, agent, queue, channel, weight } = fact;
    leave(board, item);
    board.owned.set(item, { agent, queue, channel, ...subject(fact), weight, state: "active" });
    if (fact.answered_within === undefined || fact.answered_within === null) return;
    const tally = tallyOf(board, queue, fact.at);
    tally.answered += 1;
    tally.answered_within += Number(fact.answered_within);
  },
  ItemMoved(board, { item, conversation }) {
    change(board.waiting, item, { conversation });
    change(board.owned, item, { conversation });
  },
  ItemWeighed: (board, { item, weight }) => change(board.owned, item, { weight }),
  ItemWrapUp: (board, { item }) => change(board.owned, item, { state: "wrapup" }),
  ItemReactivated: (board, { item }) => change(board.owned, item, { state: "active" }),
  ItemDone: (board, { item }) => leave(board, item),
  ItemCancelled: (board, { item }) => leave(board, item),
  ItemAbandoned(board, { item, queue, at, within }) {
    leave(board, item);
    const tally = tallyOf(board, queue, at);
    tally.abandoned += 1;
    tally.abandoned_within += Number(within);
  },
  CaseOpened: followed,
  CaseChanged: followed,
  AgentConfigured(board, { agent, at, name, capacity, queues, skills }) {
    const shown = board.agents.get(agent) ?? { presence: "offline", reason: null, since: at, teams: [] };
    board.agents.set(agent, { ...shown, name, capacity, queues, skills });
  },
  PresenceChanged: (board, { agent, presence, since, reason }) =>
    change(board.agents, agent, { presence, since, reason: reason ?? null }),
  TeamChanged(board, { team, name, lead, archived }) {
    if (archived) board.teams.delete(team);
    else board.teams.set(team, { name, lead: lead ?? null });
  },
  AlertRaised(board, { alert, at, kind, urgency, subject_kind, subject, title, values = {}, to, agent = null }) {
    board.alerts.set(alert, { kind, urgency, subject_kind, subject, title, values, to, agent, raised_at: at });
  },
  AlertClimbed: (board, { alert, to }) => change(board.alerts, alert, { to }),
  AlertAcknowledged: (board, { alert }) => void board.alerts.delete(alert),
  TeamMembersChanged(board, { team, joined = [], left = [] }) {
    for (const agent of new Set([...left, ...joined])) {
      const others = (board.agents.get(agent)?.teams ?? []).filter((one) => one !== team);
      const teams = joined.includes(agent) ? [...others, team].sort((a, b) => a - b) : others;
      change(board.agents, agent, { teams });
    }
  },
};

/** What it is about. What is as usual, a fact leaves out. */
const subject = ({ kind = "conversation", conversation = null, lead = null, ...fact }) => ({ kind, conversation, case: fact.case ?? null, lead });

function followed(board, fact) {
  if (fact.state === "resolved" || fact.state === "closed") board.cases.delete(fact.case);
  else board.cases.set(fact.case, { queue: fact.queue, severity: fact.severity, state: fact.state });
}

function leave(board, item) {
  board.bots.delete(item);
  board.waiting.delete(item);
  board.owned.delete(item);
}

function change(held, id, changes) {
  const one = held.get(id);
  if (one) held.set(id, { ...one, ...changes });
}

/** Of the day of `at`; one before the board's day, by a clock that lags, is not kept. */
function tallyOf(board, queue, at) {
  const day = dayOf(board.zone, at);
  const none = { answered: 0, answered_within: 0, abandoned: 0, abandoned_within: 0 };
  if (board.day && day < board.day) return none;
  if (day !== board.day) {
    board.day = day;
    board.tallies = new Map();
  }
  if (!board.tallies.has(queue)) board.tallies.set(queue, none);
  return board.tallies.get(queue);
}
