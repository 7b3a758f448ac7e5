/** What a supervisor can order: take work, give it to somebody, or let it wait again. */
import { post } from "../base/api.js";
import { dialog } from "../base/dialog.js";
import { h, patch, set, text } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { toast } from "../base/toast.js";
import { stateOf } from "./agents.js";
import { fits, serves } from "./counts.js";

const SHOWN_MAX = 50;
const BEST = { free: 0, busy: 1, wrapup: 2, full: 3, away: 4 };

/** @param {any} item @param {any} house */
export const takeOver = (item, house) => give(item.id, house.me.id, house);

/** Choose who gets it, those with room first. @param {any} item @param {any} house @returns {Promise<any>} null where nobody was chosen */
export async function assign(item, house) {
  const others = house.agents().filter((one) => one.id !== item.owner && one.group !== "offline");
  others.sort((a, b) => Number(misfit(a, item, house) !== "") - Number(misfit(b, item, house) !== "") || BEST[a.group] - BEST[b.group] || a.since - b.since);
  const find = field({ label: t("dashboard.give.find"), name: "find", type: "search", autocomplete: "off" });
  const choices = h("fieldset", { class: "field choices" }, h("legend", null, t("dashboard.give.to")));
  const list = h("div", { class: "stack close" });
  const rest = h("p", { class: "hint" });
  choices.append(list, rest);
  const draw = () => {
    const words = find.input.value.trim().toLowerCase();
    const found = others.filter((one) => one.name.toLowerCase().includes(words));
    patch(list, found.slice(0, SHOWN_MAX), { key: (one) => one.id, make: (one) => choiceOf(one, item, house) });
    text(rest, found.length === 0 ? t("state.none_found") : found.length > SHOWN_MAX ? t("dashboard.give.more", { count: found.length - SHOWN_MAX }) : "");
  };
  find.input.addEventListener("input", draw);
  draw();
  return dialog({
    title: t("dashboard.give.title"),
    body: [find, choices],
    actions: [
      { label: t("do.cancel"), value: null },
      { label: t("dashboard.do.give_now"), kind: "primary", run: (form) => {
        const chosen = form.querySelector("input[name=agent]:checked");
        if (!chosen) {
          text(rest, t("dashboard.give.nobody"));
          return false;
        }
        return give(item.id, Number(chosen.value), house);
      } },
    ],
  });
}

/** Put it into a queue. @param {any} item @param {any} house @returns {Promise<any>} null where it was left */
export function requeue(item, house) {
  const queue = field({ label: t("dashboard.requeue.queue"), name: "queue", options: house.rules().map((one) => [one.queue, one.label]), value: item.queue });
  return dialog({
    title: t("dashboard.requeue.title"),
    body: [h("p", null, t("dashboard.requeue.words")), queue],
    actions: [
      { label: t("do.cancel"), value: null },
      { label: t("dashboard.do.requeue"), kind: "primary", run: async () => {
        await post(`/v1/items/${item.id}/requeue`, { queue: queue.input.value });
        toast(t("dashboard.requeue.done", { queue: house.label(queue.input.value) }), { kind: "good" });
        return true;
      } },
    ],
  });
}

async function give(item, agent, house) {
  const done = await post(`/v1/items/${item}/assign`, { agent });
  const who = house.agent(agent);
  toast(t(done.over_capacity ? "dashboard.give.over" : "dashboard.give.done", { agent: who }), { kind: done.over_capacity ? "" : "good" });
  return true;
}

/** What speaks against giving it to them: a part of the name of the words, or nothing. */
function misfit(one, { queue }, house) {
  if (!serves(house.board(), one.id, queue)) return "other_queue";
  return fits(house.board(), one.id, queue, house.requirement(queue)) ? "" : "without_skills";
}

function choiceOf(one, item, house) {
  const input = h("input", { type: "radio", name: "agent", value: String(one.id) });
  const lacks = misfit(one, item, house);
  const load = t("dashboard.agent.load", { load: one.load, capacity: one.capacity });
  const words = [stateOf(one), load, lacks && t(`dashboard.give.${lacks}`)].filter(Boolean).join(" · ");
  set(input, { required: true });
  return h("label", { class: "choice" }, input, h("span", { class: "grow" }, h("b", null, one.name), " ", h("span", { class: "muted small" }, words)));
}
