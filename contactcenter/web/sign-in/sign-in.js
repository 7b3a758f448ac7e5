/** Sign in with a password; it leads to where one came from (behind the `#`), or to the page of the role. */
import "./texts.js";
import { post } from "../base/api.js";
import { appearanceMenu } from "../base/bar.js";
import { busy, button } from "../base/button.js";
import { fill, h } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { passwordField } from "../base/password.js";
import { HOME } from "../base/session.js";
import { notice } from "../base/states.js";

const login = field({ label: t("sign_in.login"), name: "login", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
const password = passwordField({ label: t("sign_in.password"), name: "password", autocomplete: "current-password", required: true });
const said = h("div");
const send = button({ label: t("sign_in.do"), kind: "primary whole", type: "submit" });
const form = h("form", { class: "stack", novalidate: true }, login, password, said, send,
  h("p", { class: "small muted" }, t("sign_in.forgotten")));

form.onsubmit = (event) => {
  event.preventDefault();
  const missing = [login, password].filter((one) => !one.input.value);
  for (const one of missing) one.fail(t("state.required"));
  if (missing.length) missing[0].input.focus();
  else busy(send, signIn);
};

async function signIn() {
  fill(said);
  try {
    const me = await post("/v1/sign-in", { login: login.input.value, password: password.input.value });
    location.replace(wanted() ?? HOME[me.role]);
    await new Promise(() => {}); // busy until the page is another
  } catch (problem) {
    fill(said, notice({ kind: "bad", words: words(problem), live: true }));
    password.input.value = "";
    password.input.focus();
  }
}

function words(problem) {
  if (problem.code === "sign-in-refused") return t("sign_in.refused");
  if (problem.status !== 429) return problem.detail;
  return t("sign_in.often", { count: problem.retryAfter ?? 60 });
}

/** Only a page of ours: an address that begins with one slash. */
function wanted() {
  const address = location.hash.slice(1);
  return /^\/(?![/\\])/.test(address) && address !== "/" ? address : null;
}

document.title = `${t("sign_in.title")} · ${t("app.name")}`;
document.body.append(
  h("main", { class: "single", id: "main" },
    h("div", { class: "card" }, h("div", { class: "body stack wide" },
      h("div", { class: "row" }, h("h1", { class: "grow" }, t("sign_in.title")), appearanceMenu()), form))),
);
login.input.focus();
