/** Set a password by the link that an administrator hands over: its secret stands behind the `#`. */
import "./texts.js";
import { post } from "../base/api.js";
import { appearanceMenu } from "../base/bar.js";
import { busy, button } from "../base/button.js";
import { fill, h } from "../base/dom.js";
import { failAt } from "../base/field.js";
import { t } from "../base/i18n.js";
import { newPassword } from "../base/new-password.js";
import { empty, notice } from "../base/states.js";

const token = location.hash.slice(1);
// What is in the address is in the history and on the screen: not longer than need be.
if (token) history.replaceState(null, "", location.pathname);

const place = h("div");

function ask() {
  const given = newPassword();
  const said = h("div");
  const send = button({ label: t("set_password.do"), kind: "primary whole", type: "submit" });
  const form = h("form", { class: "stack", novalidate: true }, given.fields, said, send);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (given.check()) busy(send, () => setPassword(given, said));
  };
  fill(place, form);
  given.fields[0].input.focus();
}

async function setPassword(given, said) {
  fill(said);
  try {
    await post("/v1/password-by-link", { token, password: given.value() });
    done();
  } catch (problem) {
    if (failAt(problem, { password: given.fields[0] })) return;
    const words = problem.code === "link-used" ? t("set_password.used") : problem.detail;
    fill(said, notice({ kind: "bad", words, live: true }));
  }
}

function done() {
  const go = h("a", { class: "button primary whole", href: "/sign-in" }, t("set_password.sign_in"));
  fill(place, h("div", { class: "stack" }, notice({ kind: "good", words: t("set_password.done"), live: true }), go));
  go.focus();
}

document.title = `${t("set_password.title")} · ${t("app.name")}`;
document.body.append(
  h("main", { class: "single", id: "main" },
    h("div", { class: "card" }, h("div", { class: "body stack wide" },
      h("div", { class: "row" }, h("h1", { class: "grow" }, t("set_password.title")), appearanceMenu()), place))),
);
if (token) ask();
else fill(place, empty({ icon: "link", title: t("set_password.no_link"), words: t("set_password.no_link_text") }));
