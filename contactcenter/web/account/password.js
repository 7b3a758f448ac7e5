/** Change one's own password. */
import { post } from "../base/api.js";
import { busy, button } from "../base/button.js";
import { fill, h } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { newPassword } from "../base/new-password.js";
import { failAt } from "../base/field.js";
import { passwordField } from "../base/password.js";
import { notice } from "../base/states.js";

/** @param {import("../base/session.js").Me} me */
export function passwordCard(me) {
  const place = h("div", { class: "body" });
  ask(place, me);
  return h("section", { class: "card", "aria-labelledby": "password-title" },
    h("header", null, h("h2", { id: "password-title" }, t("account.password"))), place);
}

function ask(place, me) {
  const former = passwordField({ label: t("account.former"), name: "former", autocomplete: "current-password", required: true });
  const given = newPassword();
  const said = h("div");
  const send = button({ label: t("account.change"), kind: "primary", type: "submit" });
  const form = h("form", { class: "stack narrow", novalidate: true },
    h("p", { class: "muted" }, t("account.password_text")),
    // For the browser's own keeper of passwords, which asks whose it is.
    h("input", { hidden: true, autocomplete: "username", value: me.login, readonly: true, "aria-label": me.login }), former, given.fields, said, h("div", { class: "row" }, send));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!former.input.value) {
      former.fail(t("state.required"));
      former.input.focus();
    } else if (given.check()) {
      busy(send, () => change(place, { me, former, given, said }));
    }
  };
  fill(place, form);
}

async function change(place, { me, former, given, said }) {
  fill(said);
  try {
    await post("/v1/password", { former: former.input.value, password: given.value() });
    ask(place, me);
    place.prepend(h("div", { class: "below" }, notice({ kind: "good", words: t("account.changed"), live: true })));
    dispatchEvent(new CustomEvent("sessions-changed"));
  } catch (problem) {
    if (problem.code === "wrong-password") former.fail(t("account.former_wrong"));
    else if (failAt(problem, { password: given.fields[0] })) return;
    else fill(said, notice({ kind: "bad", words: problem.detail, live: true }));
    if (problem.code === "wrong-password") former.input.focus();
  }
}
