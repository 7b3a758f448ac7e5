/** Two fields in which a new password is given, and what must hold of it before it is sent. */
import { t } from "./i18n.js";
import { passwordField } from "./password.js";

/** As the server has it (contactcenter/model/password.py). */
export const LEAST = 12;

/** @returns {{fields: import("./field.js").Field[], value: () => string, check: () => boolean}} */
export function newPassword() {
  const first = passwordField({ label: t("set_password.new"), name: "password", autocomplete: "new-password", hint: t("set_password.rule", { least: LEAST }), required: true });
  const again = passwordField({ label: t("set_password.again"), name: "again", autocomplete: "new-password", required: true });
  const value = () => first.input.value;
  const check = () => {
    const missing = LEAST - [...value()].length;
    if (missing > 0) first.fail(t("set_password.short", { count: missing }));
    else if (again.input.value !== value()) again.fail(t("set_password.differs"));
    else return true;
    (missing > 0 ? first : again).input.focus();
    return false;
  };
  return { fields: [first, again], value, check };
}
