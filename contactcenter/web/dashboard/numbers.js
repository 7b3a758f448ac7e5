/** The whole house in six numbers, each of which opens to what it counts. */
import { h, set, text } from "../base/dom.js";
import { clock, number, percent, t } from "../base/i18n.js";
import { level } from "./counts.js";

const OPENS = {
  waiting: { kind: "items", state: "waiting" },
  level: { kind: "waits" },
  answered: { kind: "waits", outcome: "answered" },
  abandoned: { kind: "waits", outcome: "abandoned" },
  active: { kind: "items", state: "owned" },
  bot: { kind: "items", state: "bot" },
};

/**
 * @param {{open: (what: any) => void, means: () => string}} page
 * @returns {{node: HTMLElement, show: (counted: any, now: number) => void}}
 */
export function numberStrip({ open, means }) {
  const parts = Object.fromEntries(Object.keys(OPENS).map((name) => [name, { value: h("b"), more: h("span", { class: "small muted clip" }) }]));
  const node = h("div", { class: "numbers" }, Object.entries(OPENS).map(([name, what]) =>
    h("button", { type: "button", class: "card number-card", title: name === "level" ? means() : t(`dashboard.means.${name}`), onclick: () => open(what) },
      h("span", { class: "small muted clip" }, t(`dashboard.number.${name}`)), parts[name].value, parts[name].more)));

  return {
    node,
    show({ queues, agents }, now) {
      const sum = (name) => queues.reduce((all, row) => all + row[name], 0);
      const [answered, abandoned, within] = [sum("answered"), sum("abandoned"), sum("within")];
      const oldest = Math.min(...queues.map((row) => row.oldest ?? Infinity));
      const share = level({ answered, abandoned, within });
      const show = (name, value, more) => (text(parts[name].value, value), text(parts[name].more, more));
      show("waiting", number(sum("waiting")), oldest === Infinity ? t("dashboard.number.nobody") : t("dashboard.number.longest", { time: clock(now - oldest) }));
      show("level", share === null ? "–" : percent(share, 1), t("dashboard.number.level_hint"));
      show("answered", number(answered), t("dashboard.number.within", { count: within }));
      show("abandoned", number(abandoned), answered + abandoned ? percent(abandoned / (answered + abandoned), 1) : "–");
      show("active", number(sum("active")), t("dashboard.number.agents", { count: agents.filter((one) => one.items > 0).length }));
      show("bot", number(sum("bot")), t("dashboard.number.bot_hint"));
      set(parts.level.value, { class: share !== null && short(queues) ? "below" : "" });
    },
  };
}

/** Whether less was answered in time than is aimed at, over queues with different aims. */
function short(queues) {
  const wanted = queues.reduce((all, row) => all + row.aim * (row.answered + row.abandoned), 0);
  return queues.reduce((all, row) => all + row.within, 0) < wanted;
}
