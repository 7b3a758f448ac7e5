/** One's own account: the password, and where one is signed in. */
import "../set-password/texts.js";
import "./texts.js";
import { bar } from "../base/bar.js";
import { fill, h } from "../base/dom.js";
import { t } from "../base/i18n.js";
import "../base/keys.js";
import { me } from "../base/session.js";
import { failed } from "../base/states.js";
import { passwordCard } from "./password.js";
import { sessionsCard } from "./sessions.js";
import { undoCard } from "./undo.js";

document.title = `${t("account.title")} · ${t("app.name")}`;

async function begin() {
  try {
    const person = await me();
    const main = h("main", { class: "page", id: "main" }, h("h1", null, t("account.title")), sessionsCard(), undoCard(person), passwordCard(person));
    fill(document.body, bar(person, { page: "account" }), main);
  } catch (problem) {
    fill(document.body, failed(problem, begin));
  }
}

begin();
