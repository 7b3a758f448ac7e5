/** Light, dark, or as the system is: kept per browser, and the same in all its tabs. */
import { keep, kept } from "./kept.js";

/** @typedef {"light" | "dark" | "system"} Theme */

/** @returns {Theme} */
export function theme() {
  const chosen = kept("theme");
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** @param {Theme} wanted */
export function chooseTheme(wanted) {
  keep("theme", wanted === "system" ? null : wanted);
  apply();
}

function apply() {
  const chosen = theme();
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

addEventListener("storage", (event) => {
  if (event.key === "theme" || event.key === null) apply();
});
