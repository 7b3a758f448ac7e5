/**
 * The words of the pages: in the person's language by choice, or by what their browser prefers.
 * A page adds its own: `i18n.add({en: {...}, id: {...}})`; keys begin with the page's name.
 */
import { keep, kept } from "./kept.js";
import en from "./texts/en.js";
import id from "./texts/id.js";

/** The languages that there are, each by its own name. */
export const LANGUAGES = { en: "English", id: "Bahasa Indonesia" };

/** @typedef {Record<string, string | {one?: string, other: string}>} Texts */

/** All words that were added, by language. @type {Record<string, Texts>} */
export const texts = { en: { ...en }, id: { ...id } };
const current = chosen();
/** Dates and numbers as where the person lives, where that is a place of the language: 22 Nov or Nov 22. */
const locale = navigator.languages.find((tag) => tag.split("-")[0] === current) ?? current;
document.documentElement.lang = current;

/** The language of this page. @returns {"en" | "id"} */
export const language = () => current;

/** Show everything in this language from now on: the page begins anew. @param {string} wanted */
export function chooseLanguage(wanted) {
  if (wanted === current) return;
  keep("language", wanted);
  location.reload();
}

/** @param {{en: Texts, id: Texts}} more */
export function add(more) {
  Object.assign(texts.en, more.en);
  Object.assign(texts.id, more.id);
}

/**
 * The words of a key: `{name}` stands for `values.name`. Where there are several forms, `values.count`
 * chooses. Numbers are written as the language writes them.
 * @param {string} key @param {Record<string, string | number>} [values] @returns {string}
 */
export function t(key, values = {}) {
  return form(key, values).replace(/\{(\w+)\}/g, (whole, name) => shown(values[name]) ?? whole);
}

/**
 * The same with nodes among the words, as children for `h`.
 * @param {string} key @param {Record<string, Node | string | number>} values @returns {(string | Node)[]}
 */
export function rich(key, values) {
  return form(key, values)
    .split(/\{(\w+)\}/)
    .map((part, at) => (at % 2 ? (values[part] instanceof Node ? values[part] : shown(values[part])) : part));
}

/** Whether there are words for a key, as for what a rulebook names. @param {string} key */
export const has = (key) => key in texts[current];

function form(key, values) {
  const found = texts[current][key] ?? texts.en[key];
  if (found === undefined) throw new Error(`there are no words for '${key}'`);
  if (typeof found === "string") return found;
  return found[plurals.select(Number(values.count))] ?? found.other;
}

const shown = (value) => (typeof value === "number" ? number(value) : value);

const plurals = new Intl.PluralRules(current);
const formats = new Map();

function format(kind, options) {
  const name = kind.name + JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new kind(locale, options));
  return formats.get(name);
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export const number = (value, options = {}) => format(Intl.NumberFormat, options).format(value);

/** A share of 1, as in "76.4 %". @param {number} share @param {number} [digits] */
export const percent = (share, digits = 0) =>
  number(share, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1000) return number(bytes, { style: "unit", unit: "byte", unitDisplay: "short" });
  const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
  return number(bytes / (bytes < 1e6 ? 1e3 : 1e6), { style: "unit", unit, maximumFractionDigits: 1 });
}

/** @typedef {string | number | Date} When a time as the API tells it, or in ms */

const STYLES = {
  time: { hour: "2-digit", minute: "2-digit" },
  day: { weekday: "short", day: "numeric", month: "short" },
  date: { day: "numeric", month: "short", year: "numeric" },
  both: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  full: { dateStyle: "full", timeStyle: "long" },
};

/** @param {When} at @param {"time" | "day" | "date" | "both" | "full"} [style] */
export const date = (at, style = "both") => format(Intl.DateTimeFormat, STYLES[style]).format(new Date(at));

/** How long, as a clock shows it: 0:42, 12:40, 3:07:15. @param {number} ms */
export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** How long, in words and roughly: "12 min", "3 hr". @param {number} ms */
export function duration(ms) {
  const [value, unit] = rough(Math.max(0, ms));
  return number(Math.floor(value), { style: "unit", unit, unitDisplay: "short" });
}

/**
 * When it was or will be, seen from now: "just now", "5 minutes ago", "yesterday"; beyond a week the day.
 * @param {When} at @param {number} now in ms
 */
export function relative(at, now) {
  const ms = new Date(at).getTime() - now;
  if (Math.abs(ms) < 45_000) return t("time.now");
  if (Math.abs(ms) > 7 * 86_400_000) return date(at, new Date(at).getFullYear() === new Date(now).getFullYear() ? "day" : "date");
  const [value, unit] = rough(Math.abs(ms));
  const options = { numeric: "auto", style: "short" };
  return format(Intl.RelativeTimeFormat, options).format(Math.sign(ms) * Math.max(1, Math.round(value)), unit);
}

/** The heading of a day in a list of what was said: "Today", "Yesterday", or the day. @param {When} at @param {number} now */
export function day(at, now) {
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return t("time.today");
  if (days === 1) return t("time.yesterday");
  return date(at, days < 180 ? "day" : "date");
}

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);

function rough(ms) {
  if (ms < 60_000) return [ms / 1000, "second"];
  if (ms < 3_600_000) return [ms / 60_000, "minute"];
  if (ms < 86_400_000) return [ms / 3_600_000, "hour"];
  return [ms / 86_400_000, "day"];
}

/** "a, b and c" @param {string[]} items */
export const list = (items) => format(Intl.ListFormat, { type: "conjunction" }).format(items);

function chosen() {
  const wanted = [kept("language"), ...navigator.languages].map((tag) => tag?.split("-")[0]);
  return /** @type {"en" | "id"} */ (wanted.find((tag) => tag && Object.hasOwn(LANGUAGES, tag)) ?? "en");
}
