/** What somebody has to look at, the most urgent first, until somebody says that they do. */
import { polite } from "../base/announce.js";
import { post } from "../base/api.js";
import { button } from "../base/button.js";
import { h, patch, set, text } from "../base/dom.js";
import { date, has, relative, t } from "../base/i18n.js";
import { empty } from "../base/states.js";
import { failure, toast } from "../base/toast.js";

const ORDER = ["critical", "warning", "notice"];
const LOOK = { critical: "bad", warning: "warn", notice: "" };

/** @returns {{node: HTMLElement, show: (alerts: Map<number, import("./state.js").Alert>, now: number) => void}} */
export function alertList() {
  const all = h("ol", { class: "plain alerts", "aria-label": t("dashboard.alerts") });
  const nothing = empty({ icon: "bell", title: t("dashboard.alerts.none"), words: t("dashboard.alerts.hint") });
  const node = h("section", { class: "card" }, h("header", null, h("h2", null, t("dashboard.alerts"))), all, nothing);

  let known = null;

  /** Only what is new is read aloud, not each time that goes on. */
  function tell(listed) {
    if (known) for (const one of listed) if (!known.has(one.id)) polite(`${t(`dashboard.urgency.${one.urgency}`)}: ${words(one)}`);
    known = new Set(listed.map((one) => one.id));
  }

  function make(alert) {
    const parts = { urgency: h("span", { class: "chip fixed" }), words: h("span", { class: "grow" }), to: h("span"), time: h("time") };
    const taken = button({ label: t("dashboard.alerts.acknowledge"), kind: "small", run: () => acknowledge(alert.id, taken) });
    const node = h("li", null, h("div", { class: "row" }, parts.urgency, parts.words), h("div", { class: "row tiny muted" }, parts.time, parts.to, h("span", { class: "grow" }), taken));
    return Object.assign(node, { parts });
  }

  function update({ parts }, alert, now) {
    text(parts.urgency, t(`dashboard.urgency.${alert.urgency}`));
    set(parts.urgency, { class: `chip fixed ${LOOK[alert.urgency]}` });
    text(parts.words, words(alert));
    text(parts.to, t(`dashboard.alerts.to.${alert.to}`));
    text(parts.time, relative(alert.raised_at, now));
    set(parts.time, { datetime: alert.raised_at, title: date(alert.raised_at, "full") });
  }

  return {
    node,
    show(alerts, now) {
      const listed = [...alerts].map(([id, alert]) => ({ id, ...alert }));
      listed.sort((a, b) => ORDER.indexOf(a.urgency) - ORDER.indexOf(b.urgency) || a.id - b.id);
      tell(listed);
      set(all, { hidden: listed.length === 0 });
      set(nothing, { hidden: listed.length > 0 });
      patch(all, listed, { key: (one) => one.id, make, update: (node, one) => update(node, one, now) });
    },
  };
}

/** In the reader's language where the page knows the kind, and else the server's sentence. */
function words(alert) {
  const key = `dashboard.alert.${alert.kind}`;
  return has(key) ? t(key, { subject: String(alert.subject), ...alert.values }) : alert.title;
}

async function acknowledge(alert, taken) {
  taken.disabled = true;
  try {
    const { first } = await post(`/v1/alerts/${alert}/acknowledge`, {});
    if (!first) toast(t("dashboard.alerts.taken"));
  } catch (problem) {
    taken.disabled = false;
    failure(problem);
  }
}
