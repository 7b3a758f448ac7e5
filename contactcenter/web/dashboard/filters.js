/** What is shown of the house: one queue, one channel, one team, what bears a name; and what that leaves as it is. */
import { button } from "../base/button.js";
import { h, set, text } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { channelName } from "./drill.js";

/**
 * @param {any} rules of the board @param {number} me whose teams are the first @param {() => void} changed
 * @returns {{node: HTMLElement, chosen: () => import("./counts.js").Filter, narrow: (queue: string) => void, clear: () => void, focus: () => void, know: (rules: any) => void,
 *   knowTeams: (teams: Map<number, import("./state.js").Team>) => void}}
 */
export function filters(rules, me, changed) {
  const queue = field({ label: t("dashboard.filter.queue"), name: "queue", options: queueOptions(rules) });
  const channel = field({ label: t("dashboard.filter.channel"), name: "channel", options: [["", t("dashboard.filter.any_channel")], ...rules.channels.map((one) => [one, channelName(one)])] });
  const team = field({ label: t("dashboard.filter.team"), name: "team", options: [["", t("dashboard.filter.any_team")]] });
  const words = field({ label: t("dashboard.filter.words"), name: "words", type: "search", autocomplete: "off", placeholder: t("dashboard.filter.words_hint"), "aria-keyshortcuts": "/" });
  const clearing = button({ label: t("dashboard.filter.clear"), icon: "close", kind: "small quiet", run: clear });
  const whole = h("p", { class: "small muted whole", role: "status" });
  const node = h("div", { class: "filters", role: "search", "aria-label": t("dashboard.filter") }, queue, channel, team, words, clearing, whole);
  const all = [queue, channel, team, words];
  let known = signature(rules);
  let teams = new Map();

  function chosen() {
    return { queue: queue.input.value, channel: channel.input.value, team: team.input.value, words: words.input.value };
  }

  function tell() {
    const now = chosen();
    set(clearing, { hidden: !Object.values(now).some(Boolean) });
    text(whole, ["channel", "team", "words"].filter((name) => now[name]).map((name) => t(`dashboard.whole.${name}`)).join(" "));
    changed();
  }

  function clear() {
    for (const one of all) one.input.value = "";
    tell();
  }

  for (const one of all) one.input.addEventListener("input", tell);
  set(clearing, { hidden: true });
  set(team, { hidden: true });
  return {
    node,
    chosen,
    clear,
    narrow(name) {
      queue.input.value = queue.input.value === name ? "" : name;
      tell();
    },
    focus: () => words.input.focus(),
    know(rules) {
      if (signature(rules) === known) return;
      known = signature(rules);
      const { value } = queue.input;
      queue.input.replaceChildren(...queueOptions(rules).map(([name, label]) => h("option", { value: name }, label)));
      queue.input.value = value;
    },
    knowTeams(all) {
      if (all.size === teams.size && [...all].every(([id, one]) => teams.get(id) === one)) return;
      teams = new Map(all);
      const { value } = team.input;
      team.input.replaceChildren(...teamOptions(teams, me).map(([id, name]) => h("option", { value: id }, name)));
      team.input.value = value;
      set(team, { hidden: teams.size === 0 });
      // One that is not there any more narrows nothing.
      if (team.input.value !== value) clear();
    },
  };
}

const queueOptions = (rules) => [["", t("dashboard.all_queues")], ...rules.queues.map((one) => [one.queue, one.label])];
const teamOptions = (teams, me) => [
  ["", t("dashboard.filter.any_team")],
  ...[...teams].sort(([, a], [, b]) => Number(b.lead === me) - Number(a.lead === me) || a.name.localeCompare(b.name)).map(([id, { name }]) => [String(id), name]),
];
const signature = (rules) => JSON.stringify(rules.queues.map((one) => [one.queue, one.label]));
