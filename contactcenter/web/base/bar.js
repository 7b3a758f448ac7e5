/** The bar on top of every page: name, pages of the role, and the person's own menu. */
import { h } from "./dom.js";
import { LANGUAGES, chooseLanguage, language, t } from "./i18n.js";
import { icon } from "./icons.js";
import { menu } from "./menu.js";
import { avatar } from "./person.js";
import { PAGES, signOut } from "./session.js";
import { chooseTheme, theme } from "./theme.js";
import { failure } from "./toast.js";

/**
 * @param {import("./session.js").Me} me @param {{page: string, middle?: any, end?: any}} how
 *   `page`: this one, as in "desktop"; `middle`, `end`: what the page puts into the bar
 */
export function bar(me, { page, middle, end }) {
  const pages = PAGES[me.role];
  const links = pages.map((name) =>
    h("a", { href: `/${name}`, "aria-current": name === page ? "page" : null }, t(`nav.${name}`)));
  return h("header", { class: "bar" },
    h("a", { class: "skip", href: "#main" }, t("app.skip")),
    pages.length > 1 || page === "account" ? h("nav", { "aria-label": t("nav.label") }, links) : h("span", { class: "name" }, t("app.name")),
    middle, h("span", { class: "grow" }), end, personMenu(me));
}

/** Password and sign-ins, appearance, language, signing out. @param {import("./session.js").Me} me */
export function personMenu(me) {
  const label = t("person.menu", { name: me.name });
  const opener = h("button", { class: "button quiet only round", type: "button", "aria-label": label, title: me.name }, avatar(me.name));
  return menu(opener, () => [
    { heading: `${me.name} · ${t(`role.${me.role}`)}` },
    { label: t("person.account"), icon: "lock", href: "/account" },
    "line",
    ...appearance(),
    "line",
    { label: t("person.sign_out"), icon: "sign_out", run: () => signOut().catch(failure) },
  ], { label });
}

/** The same for pages that nobody need be signed in for. */
export function appearanceMenu() {
  const label = `${t("language.label")}, ${t("theme.label")}`;
  const opener = h("button", { class: "button quiet only", type: "button", "aria-label": label, title: label }, icon("language"));
  return menu(opener, appearance, { label });
}

/** @returns {import("./menu.js").Item[]} */
const appearance = () => [
  { heading: t("theme.label") },
  ...["system", "light", "dark"].map((name) => ({
    label: t(`theme.${name}`), checked: theme() === name, run: () => chooseTheme(/** @type {any} */ (name)),
  })),
  "line",
  { heading: t("language.label") },
  ...Object.entries(LANGUAGES).map(([tag, name]) => ({
    label: name, checked: language() === tag, run: () => chooseLanguage(tag),
  })),
];
