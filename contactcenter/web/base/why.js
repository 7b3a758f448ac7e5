/** Why an offer went to whom, in the person's language: the parts of docs/board.md ("Why") in words. */
import { clock, duration, has, language, t } from "./i18n.js";

/** @typedef {{rule: string, [value: string]: any}} Part */
/**
 * @typedef {{winner: number, runner_up: number | null, terms: Part[], others: {agents: number, why: Part}[],
 *   requirement: Record<string, number>, waited_us: number, queue: string, channel: string, step: number, version: number}} Explanation
 * @typedef {{agent: (id: number) => string, queue: (name: string) => string}} Names how agents and queues are called
 */

/** What weighed, the reason of the choice first. @param {Explanation} why @param {Names} names @returns {string[]} */
export const terms = (why, names) => why.terms.map((term) => begun(weighed(term, names)));

/** How long it had waited: "0:12". @param {Explanation} why */
export const waited = (why) => span(why.waited_us);

/** What it asked for at least: "Indonesian 3". @param {Explanation} why @returns {string[]} */
export const asked = (why) =>
  Object.entries(why.requirement).map(([skill, level]) => t("why.asked", { skill: skillName(skill), level }));

/** How many of the others were passed over, and why. @param {Explanation} why @param {Names} names @returns {string[]} */
export const others = (why, names) => why.others.map(({ agents, why: reason }) => passedOver(reason, agents, names));

/** What weighed and how long it had waited, in one line. @param {Explanation} why @param {Names} names */
export const inShort = (why, names) => [...terms(why, names), t("why.waited", { time: waited(why) })].join(" · ");

/** All of it in one line. @param {Explanation} why @param {Names} names */
export function inWords(why, names) {
  const next = why.runner_up === null ? [] : [t("why.next", { agent: names.agent(why.runner_up) })];
  return [inShort(why, names), ...next, ...others(why, names)].join(" · ");
}

/** A skill as people call it: languages by their name. @param {string} skill as in `language:id` */
export function skillName(skill) {
  const [kind, code] = skill.split(":");
  if (kind !== "language" || !code) return skill;
  try {
    return t("why.language", { name: new Intl.DisplayNames(language(), { type: "language" }).of(code) ?? code });
  } catch {
    return skill; // what is no tag of a language
  }
}

function weighed(term, names) {
  switch (term.rule) {
    case "longest_idle":
    case "preferred_agent": return t(`why.${term.rule}`, { time: span(term.idle_us) });
    case "head_start": return headStart(term, names);
    default: return term.rule; // of a later version
  }
}

function headStart({ cause, name, head_start_us: us }, names) {
  const key = has(`why.head_start.${cause}`) ? `why.head_start.${cause}` : "why.head_start";
  const shown = cause === "queue" ? names.queue(name) : cause === "tier" ? name : cause === "severity" ? t(`case.severity.${name}`) : `${cause} ${name}`.trim();
  return t(key, { name: shown, time: span(us) });
}

function passedOver(reason, agents, names) {
  const { rule, queue, skill, channel, level } = reason;
  if (!has(`why.not.${rule}`)) return `${agents} ${rule}`; // of a later version
  return t(`why.not.${rule}`, {
    count: agents,
    queue: queue && names.queue(queue),
    skill: skill && skillName(skill),
    channel: channel && (has(`channel.${channel}`) ? t(`channel.${channel}`) : channel),
    level,
  });
}

const begun = (words) => words.charAt(0).toLocaleUpperCase(language()) + words.slice(1);

const DAY_US = 86_400_000_000;
const span = (us) => (us < DAY_US ? clock(us / 1000) : duration(us / 1000));
