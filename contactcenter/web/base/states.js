/** Empty, loading, failed, reconnecting: the states in which there is nothing to show, or not yet. */
import { polite } from "./announce.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/** Nothing is there. @param {{title?: string, words?: string, icon?: string, action?: Node}} [how] */
export const empty = ({ title = t("state.empty"), words, icon: drawn = "empty", action } = {}) =>
  h("div", { class: "state" }, icon(drawn), h("p", { class: "title" }, title), words && h("p", null, words), action);

/** Bones of what is to come; said to screen readers. @param {number} [lines] */
export const loading = (lines = 4) =>
  h("div", { class: "bones", role: "status", "aria-label": t("state.loading") }, Array.from({ length: lines }, () => h("i")));

/** What could not be loaded, and the way to try again. @param {any} problem @param {() => void} [retry] */
export const failed = (problem, retry) =>
  h("div", { class: "state bad", role: "alert" }, icon("wrong"),
    h("p", { class: "title" }, t("state.failed")), h("p", null, problem?.detail ?? String(problem)),
    retry && h("button", { class: "button", type: "button", onclick: retry }, t("do.retry")));

/**
 * Something said within the page. @param {{words: any, kind?: "" | "good" | "warn" | "bad", live?: boolean}} how
 * `live`: it has just happened, and is read out
 */
export function notice({ words, kind = "", live = false }) {
  const drawn = { good: "check", warn: "alert", bad: "wrong" }[kind] ?? "info";
  const role = live ? (kind === "bad" ? "alert" : "status") : null;
  return h("div", { class: `notice ${kind}`.trim(), role }, icon(drawn), h("div", { class: "grow" }, words));
}

/**
 * A line under the bar while the connection is away. Give its `show` to `stream.connect` as `state`.
 * It is silent about interruptions that are shorter than a second.
 * @returns {HTMLElement & {show: (state: string, problem?: any) => void}}
 */
export function connection() {
  const node = h("div", { role: "status" });
  let timer = 0;
  let away = false;
  const tell = (words, kind, sign) => fill(node, h("div", { class: `connection ${kind}`.trim() }, sign, h("span", null, words)));
  const show = (state, problem) => {
    clearTimeout(timer);
    if (state === "live") {
      fill(node);
      if (away) polite(t("connection.back"));
      away = false;
    } else if (state === "reconnecting" && !away) {
      timer = setTimeout(() => {
        away = true;
        tell(t("connection.reconnecting"), "", h("span", { class: "turning" }));
      }, 1_000);
    } else if (state === "refused") {
      tell(problem?.detail ?? t("connection.refused"), "bad", icon("offline"));
    } else if (state === "signed-out") {
      tell(t("signed_out.title"), "bad", icon("offline"));
    }
  };
  return Object.assign(node, { show });
}
