/** For how long one's replies can be taken back, on every desktop that one uses. */
import { patch } from "../base/api.js";
import { h } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { failure, toast } from "../base/toast.js";

const CHOICES_S = [0, 5, 10, 20];

/** @param {import("../base/session.js").Me} me @returns {HTMLElement | null} nothing for whoever takes no work */
export function undoCard(me) {
  if (me.undo_s === null) return null;
  const seconds = CHOICES_S.includes(me.undo_s) ? CHOICES_S : [...CHOICES_S, me.undo_s];
  const choice = field({
    label: t("account.undo_label"), name: "undo", hint: t("account.undo_hint"), value: String(me.undo_s),
    options: seconds.map((count) => [String(count), count ? t("account.undo_s", { count }) : t("account.undo_off")]),
  });
  choice.input.onchange = async () => {
    try {
      await patch("/v1/me", { undo_s: Number(choice.input.value) });
      toast(t("account.undo_kept"), { kind: "good" });
    } catch (problem) {
      failure(problem);
    }
  };
  return h("section", { class: "card", "aria-labelledby": "undo-title" },
    h("header", null, h("h2", { id: "undo-title" }, t("account.undo"))), h("div", { class: "body" }, h("div", { class: "narrow" }, choice)));
}
