/** People as they are shown: initials, presence. */
import { h } from "./dom.js";
import { t } from "./i18n.js";

/** The first letters of the first and the last name. @param {string} name @param {string} [more] */
export function avatar(name, more = "") {
  const words = name.trim().split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  const letters = ends.map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0]).join("");
  return h("span", { class: `avatar ${more}`.trim(), "aria-hidden": "true" }, letters.toUpperCase() || "?");
}

/** A dot whose form differs as well as its colour. @param {"available" | "away" | "offline"} presence */
export const presenceDot = (presence) =>
  h("span", { class: `dot ${{ available: "", away: "warn" }[presence] ?? "off"}`.trim(), role: "img", "aria-label": t(`presence.${presence}`) });
