/** The agents behind a number: who they are, and what each of them has. */
import { h, patch, set, text } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { empty } from "../base/states.js";
import { now } from "../base/time.js";
import { agentCard, showAgent } from "./agents.js";
import { fits } from "./counts.js";

const SHOWN_MAX = 200;

/**
 * @param {{groups: import("./counts.js").Group[], queue?: string, team?: number}} what those of the team who serve the queue
 * @param {any} house @returns {import("./drawer.js").View}
 */
export function handsView({ groups, queue = "", team }, house) {
  const list = h("div", { class: "hands" });
  const rest = h("p", { class: "small muted" });
  const nobody = empty({ icon: "people", title: t("dashboard.hands.none") });
  const board = house.board;

  function wanted(one) {
    return groups.includes(one.group) && (!queue || fits(board(), one.id, queue, house.requirement(queue))) && (!team || board().agents.get(one.id)?.teams.includes(team));
  }

  function make({ id }) {
    const card = agentCard();
    card.onclick = () => house.open({ kind: "items", state: "owned", agent: id });
    return card;
  }

  function tick(present) {
    const found = house.agents().filter(wanted);
    patch(list, found.slice(0, SHOWN_MAX), { key: (one) => one.id, make, update: (node, one) => showAgent(node, one, present, house.teams) });
    text(rest, found.length > SHOWN_MAX ? t("dashboard.hands.more", { count: found.length - SHOWN_MAX }) : "");
    set(nobody, { hidden: found.length > 0 });
  }

  tick(now());
  const where = [queue ? house.label(queue) : t("dashboard.all_queues"), team && house.team(team)].filter(Boolean).join(" · ");
  return { title: t(`dashboard.hands.${groups.includes("away") ? "away" : "free"}`, { where }), node: h("div", { class: "stack" }, nobody, list, rest), tick };
}
