/** The last hours of a queue: bars, and the same in numbers, each of which opens to its waits. */
import { h } from "../base/dom.js";
import { clock, date, number, percent, t } from "../base/i18n.js";
import { empty } from "../base/states.js";
import { bars, shareOf } from "./chart.js";

/**
 * @param {string} queue empty: all @param {{times: number[], step: number, byQueue: Map<string, any[]>, all: any[]}} trend
 * @param {{label: (queue: string) => string, open: (what: any) => void, channel: () => string | undefined}} house
 * @returns {import("./drawer.js").View}
 */
export function trendView(queue, trend, house) {
  const steps = (queue ? trend.byQueue.get(queue) : trend.all) ?? [];
  const title = t("dashboard.trend.title", { where: queue ? house.label(queue) : t("dashboard.all_queues") });
  if (!steps.some(Boolean)) return { title, node: empty({ title: t("dashboard.trend.none") }) };
  const legend = ["within", "late", "lost"].map((name) => h("span", { class: "row" }, h("i", { class: `swatch ${name}` }), t(`dashboard.trend.${name}`)));
  const times = h("div", { class: "row tiny muted" }, h("span", { class: "grow" }, date(trend.times[0], "time")), h("span", null, date(trend.times.at(-1) + trend.step, "time")));
  const table = h("table", { class: "table" }, h("thead", null, h("tr", null, ["from", "answered", "within_share", "abandoned", "average", "longest"].map(head))), h("tbody", null, steps.map((point, place) => point && line(point, trend.times[place], trend.step, queue, house)).reverse()));
  return { title, node: h("div", { class: "stack" }, h("div", { class: "row wraps small" }, legend), bars(steps), times, h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": title }, table)) };
}

const head = (name, place) => h("th", { scope: "col", class: place ? "number" : null }, t(`dashboard.trend.${name}`));

function line(point, at, step, queue, house) {
  const ended = point.answered + point.abandoned;
  const times = { kind: "waits", since: at / 1000, until: (at + step) / 1000, channel: house.channel(), ...(queue && { queue }) };
  const link = (value, more) => h("td", { class: "number" }, h("button", { type: "button", class: "figure", onclick: () => house.open({ ...times, ...more }) }, value));
  return h("tr", null,
    h("td", null, date(at, "time")), link(number(point.answered), { outcome: "answered" }), link(percent(shareOf(point)), {}), link(number(point.abandoned), { outcome: "abandoned" }),
    h("td", { class: "number" }, clock((point.waited_s / ended) * 1000)), h("td", { class: "number" }, clock(point.longest_wait_s * 1000)));
}
