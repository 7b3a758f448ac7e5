/** What the board's numbers are: pure counting, for the page and for the wall. Times in ms. */
import { dayOf } from "./state.js";

/** @typedef {import("./state.js").Board} Board */
/** @typedef {{queue: string, channel: string, team: string, words: string}} Filter what is empty lets everything through */
/**
 * @typedef {{queue: string, label: string, target: number, aim: number, waiting: number, offered: number, bot: number, active: number, cases: number,
 *   oldest: number | null, answered: number, within: number, abandoned: number, free: number}} QueueNow
 *   `oldest`: since when the longest waits; `aim`: the wanted service level
 */
/** @typedef {{id: number, name: string, group: Group, reason: string | null, since: number, load: number, items: number, wrapup: number, offered: number, capacity: number}} AgentNow */
/** @typedef {"free" | "busy" | "full" | "wrapup" | "away" | "offline"} Group */

/** In the order in which they are shown. @type {Group[]} */
export const GROUPS = ["free", "busy", "full", "wrapup", "away", "offline"];

/**
 * @param {Board} board @param {{queue: string, label: string, target_s: number, service_level: number, requirement: Record<string, number>}[]} rules
 * @param {Filter} filter @param {number} now
 * @param {Map<string, import("./state.js").Tally> | null} day of one channel, where there is a filter of it
 * @returns {{queues: QueueNow[], listed: QueueNow[], agents: AgentNow[], everybody: AgentNow[], total: QueueNow}} `listed`: what bears the name that is looked for
 */
export function count(board, rules, filter, now, day = null) {
  const today = board.day !== null && dayOf(board.zone, now) === board.day;
  const tallies = day ?? (today ? board.tallies : new Map());
  const rows = new Map(rules.map((rule) => [rule.queue, row(rule, tallies.get(rule.queue))]));
  for (const one of board.waiting.values()) {
    const at = rows.get(one.queue);
    if (!at || (filter.channel && one.channel !== filter.channel)) continue;
    at.waiting += 1;
    if (one.offered_to !== null) at.offered += 1;
    const since = ms(one.enqueued_at);
    if (at.oldest === null || since < at.oldest) at.oldest = since;
  }
  for (const one of board.bots.values()) {
    const at = rows.get(one.queue);
    if (at && (!filter.channel || one.channel === filter.channel)) at.bot += 1;
  }
  const mine = new Set(filter.team ? ofTeam(board, Number(filter.team)) : board.agents.keys());
  for (const one of board.owned.values()) {
    const at = rows.get(one.queue);
    if (at && (!filter.channel || one.channel === filter.channel) && (!filter.team || mine.has(one.agent))) at.active += 1;
  }
  for (const { queue } of board.cases.values()) if (rows.has(queue)) rows.get(queue).cases += 1;
  const everybody = agentsNow(board);
  const agents = everybody.filter((one) => mine.has(one.id));
  spareHands(board, agents, rows, rules);
  const words = filter.words.trim().toLowerCase();
  const queues = [...rows.values()].filter((one) => !filter.queue || one.queue === filter.queue);
  const listed = filter.queue ? queues : queues.filter((one) => !words || `${one.label} ${one.queue}`.toLowerCase().includes(words));
  return { queues, listed, agents: agents.filter((one) => shown(board, one, filter, words)), everybody, total: sum(queues) };
}

/** The ids of a team's agents. @param {Board} board @param {number} team */
export const ofTeam = (board, team) => [...board.agents].filter(([, agent]) => agent.teams.includes(team)).map(([id]) => id);

/** Those who could take something more. @type {Group[]} */
export const SPARE = ["free", "busy"];

/** The decisions that a filter lets through. @param {Board} board @param {Filter} filter */
export function decided(board, { queue, channel, team }) {
  return board.decisions.filter((one) =>
    (!queue || one.queue === queue) && (!channel || one.channel === channel) && (!team || board.agents.get(one.agent)?.teams.includes(Number(team))));
}

/** Whether an agent serves that queue. @param {Board} board @param {number} id @param {string} queue */
export function serves(board, id, queue) {
  const queues = board.agents.get(id)?.queues ?? [];
  return !queue || queues.length === 0 || queues.includes(queue);
}

/** Whether an agent serves that queue and has the skills that its work asks for. @param {Board} board @param {number} id @param {string} queue @param {Record<string, number>} requirement */
export function fits(board, id, queue, requirement = {}) {
  const skills = board.agents.get(id)?.skills ?? {};
  return serves(board, id, queue) && Object.entries(requirement).every(([skill, level]) => (skills[skill] ?? 0) >= level);
}

/** The share of all that ended today that was answered within the target; null while nothing has. @param {QueueNow} row */
export const level = (row) => (row.answered + row.abandoned ? row.within / (row.answered + row.abandoned) : null);

/** How urgent: "hot" where the longest wait is beyond twice the target, "warm" beyond it, else "". @param {QueueNow} row @param {number} now */
export function heat(row, now) {
  const waited = row.oldest === null ? 0 : now - row.oldest;
  if (waited > 2 * row.target) return "hot";
  return waited > row.target ? "warm" : "";
}

const missing = (row) => row.aim - (level(row) ?? 1);
const waited = (row, now) => (row.oldest === null ? 0 : (now - row.oldest) / row.target);

/** Ways to put queues in order; each a comparison. @type {Record<string, (now: number) => (a: QueueNow, b: QueueNow) => number>} */
export const ORDERS = {
  urgent: (now) => (a, b) => waited(b, now) - waited(a, now) || b.waiting - a.waiting || missing(b) - missing(a) || a.label.localeCompare(b.label),
  name: () => (a, b) => a.label.localeCompare(b.label),
  waiting: () => (a, b) => b.waiting - a.waiting || a.label.localeCompare(b.label),
  longest: (now) => (a, b) => (a.oldest ?? now) - (b.oldest ?? now) || a.label.localeCompare(b.label),
  level: () => (a, b) => (level(a) ?? 2) - (level(b) ?? 2) || a.label.localeCompare(b.label),
  answered: () => (a, b) => b.answered - a.answered || a.label.localeCompare(b.label),
  abandoned: () => (a, b) => b.abandoned - a.abandoned || a.label.localeCompare(b.label),
};

function row(rule, tally) {
  return {
    queue: rule.queue, label: rule.label, target: rule.target_s * 1000, aim: rule.service_level,
    waiting: 0, offered: 0, bot: 0, active: 0, cases: 0, oldest: null, free: 0,
    answered: tally?.answered ?? 0, within: tally?.answered_within ?? 0, abandoned: tally?.abandoned ?? 0,
  };
}

function sum(rows) {
  const total = row({ queue: "", label: "", target_s: 0, service_level: 0 }, null);
  for (const one of rows) {
    for (const name of ["waiting", "offered", "bot", "active", "cases", "answered", "within", "abandoned"]) total[name] += one[name];
    if (one.oldest !== null && (total.oldest === null || one.oldest < total.oldest)) total.oldest = one.oldest;
  }
  return total;
}

/** @returns {AgentNow[]} the longest in their state first */
function agentsNow(board) {
  const carried = new Map();
  const at = (id) => carried.get(id) ?? carried.set(id, { load: 0, items: 0, wrapup: 0, offered: 0 }).get(id);
  for (const one of board.owned.values()) {
    const mine = at(one.agent);
    mine.load += one.weight;
    mine.items += 1;
    if (one.state === "wrapup") mine.wrapup += 1;
  }
  for (const one of board.waiting.values()) if (one.offered_to !== null) at(one.offered_to).offered += 1;
  const all = [];
  for (const [id, agent] of board.agents) {
    const mine = carried.get(id) ?? NOTHING;
    const { name, reason, capacity } = agent;
    all.push({ id, name, reason, capacity, ...mine, since: ms(agent.since), group: groupOf(agent, mine) });
  }
  return all.sort((a, b) => a.since - b.since || a.id - b.id);
}

/** The same times are asked for at each drawing, by thousands. */
function ms(at) {
  if (!times.has(at)) {
    if (times.size > 50_000) times.clear();
    times.set(at, Date.parse(at));
  }
  return times.get(at);
}
/** @type {Map<string, number>} */ const times = new Map();

const NOTHING = { load: 0, items: 0, wrapup: 0, offered: 0 };

function groupOf(agent, mine) {
  if (agent.presence !== "available") return agent.presence;
  if (mine.items > 0 && mine.wrapup === mine.items) return "wrapup";
  if (mine.load >= agent.capacity) return "full";
  return mine.load > 0 || mine.offered > 0 ? "busy" : "free";
}

/** Who could take something more, for each queue whose work they can do. */
function spareHands(board, agents, rows, rules) {
  if (!doable.has(rules)) doable.set(rules, new Map());
  const queuesOf = doable.get(rules);
  const spare = new Map();
  for (const one of agents) {
    if (!SPARE.includes(one.group)) continue;
    const { queues, skills } = board.agents.get(one.id);
    const can = JSON.stringify([queues, skills]);
    spare.set(can, (spare.get(can) ?? 0) + 1);
    if (!queuesOf.has(can)) queuesOf.set(can, rules.filter((rule) => fits(board, one.id, rule.queue, rule.requirement)).map((rule) => rule.queue));
  }
  for (const [can, many] of spare) for (const queue of queuesOf.get(can)) rows.get(queue).free += many;
}
/** Agents who can do the same are compared with the queues once. @type {WeakMap<any[], Map<string, string[]>>} */ const doable = new WeakMap();

function shown(board, agent, filter, words) {
  if (!serves(board, agent.id, filter.queue)) return false;
  return !words || agent.name.toLowerCase().includes(words);
}
