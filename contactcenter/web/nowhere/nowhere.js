/** An address at which there is nothing: says so, and leads to where one's work is. */
import { h } from "../base/dom.js";
import { add, t } from "../base/i18n.js";
import { empty } from "../base/states.js";
import texts from "./texts.js";

add(texts);
document.title = t("nowhere.title");
const lead = h("a", { class: "button primary", href: "/" }, t("nowhere.lead"));
const words = t("nowhere.words", { address: location.pathname });
const main = h("main", { id: "main" }, h("h1", { class: "unseen" }, t("nowhere.title")), empty({ title: t("nowhere.title"), words, icon: "search", action: lead }));
document.body.append(main);
