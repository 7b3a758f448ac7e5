/** A field for a password: it can be shown, and says when Caps Lock is on. */
import { h, set, text } from "./dom.js";
import { field } from "./field.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

/** @param {Parameters<typeof field>[0]} how @returns {import("./field.js").Field} */
export function passwordField(how) {
  const node = field({ ...how, type: "password", maxlength: 200 });
  const input = /** @type {HTMLInputElement} */ (node.input);
  const show = h("button", { class: "button quiet small only", type: "button", "aria-label": t("password.show"), title: t("password.show"), "aria-pressed": "false" }, icon("view"));
  show.onclick = () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    set(show, { "aria-pressed": String(shown) });
  };
  const caps = h("p", { class: "hint", role: "status" });
  const look = (event) => text(caps, event.getModifierState?.("CapsLock") ? t("password.caps") : "");
  input.addEventListener("keydown", look);
  input.addEventListener("keyup", look);
  const within = h("div", { class: "within padded" });
  input.replaceWith(within);
  within.append(input, show);
  within.after(caps);
  return node;
}
