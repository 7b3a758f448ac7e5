/** Short words that leave by themselves: "Saved", with a way to undo. */
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

const STAYS_MS = 6_000;

/**
 * @param {string} words
 * @param {{kind?: "" | "good" | "bad", action?: {label: string, run: () => void}, stays?: number}} [how]
 *   `stays`: ms; what went wrong stays until it is closed, and nothing leaves under the pointer or focus
 * @returns {() => void} takes it away
 */
export function toast(words, { kind = "", action, stays = kind === "bad" ? Infinity : STAYS_MS } = {}) {
  const node = h("div", { class: `toast ${kind}`.trim(), role: kind === "bad" ? "alert" : null },
    icon({ good: "check", bad: "wrong" }[kind] ?? "info"), h("p", { class: "grow wrap" }, words),
    action && h("button", { class: "button small", type: "button", onclick: () => (action.run(), leave()) }, action.label),
    h("button", { class: "button quiet small only", type: "button", "aria-label": t("do.close"), onclick: leave }, icon("close")));
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    if (stays !== Infinity) timer = setTimeout(leave, stays);
  };
  function leave() {
    clearTimeout(timer);
    node.remove();
  }
  node.onpointerenter = () => clearTimeout(timer);
  node.onpointerleave = wait;
  node.addEventListener("focusin", () => clearTimeout(timer));
  node.addEventListener("focusout", wait);
  place().append(node);
  wait();
  return leave;
}

/** Say what a request was refused with; that nobody is signed in is said by session.js. @param {any} problem */
export const failure = (problem) => signedOut(problem) ? () => {} : toast(problem?.detail ?? String(problem), { kind: "bad" });

const signedOut = (problem) => problem?.code === "not-signed-in" || problem?.code === "expired";

/** It is there before its first words, or screen readers do not hear these. */
const list = h("div", { class: "toasts", role: "region", "aria-live": "polite", "aria-label": t("toast.label") });
document.body.append(list);

/** Above a dialog that is open, which is above everything else. */
function place() {
  const top = document.querySelector("dialog:modal") ?? document.body;
  if (list.parentNode !== top) top.append(list);
  return list;
}
