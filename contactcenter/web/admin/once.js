/** What is shown this once: a key, a secret, a link. */
import { button } from "../base/button.js";
import { dialog } from "../base/dialog.js";
import { h } from "../base/dom.js";
import { field } from "../base/field.js";
import { t } from "../base/i18n.js";
import { notice } from "../base/states.js";
import { toast } from "../base/toast.js";

/** @param {{title: string, label: string, secret: string, words?: string}} how @returns {Promise<any>} when it is closed */
export function once({ title, label, secret, words }) {
  const shown = field({ label, name: "secret", readonly: true, value: secret, spellcheck: "false" });
  shown.input.classList.add("secret");
  shown.input.onfocus = () => shown.input.select();
  const copying = button({ label: t("do.copy"), icon: "copy", run: () => copy(shown.input) });
  return dialog({
    title,
    body: [notice({ kind: "warn", words: words ?? t("admin.once.words") }), shown, h("div", { class: "row" }, copying)],
    actions: [{ label: t("admin.once.kept"), kind: "primary", value: true }],
    alert: true,
  });
}

async function copy(input) {
  input.select();
  // The clipboard's own interface is only there on secure origins.
  if (navigator.clipboard) await navigator.clipboard.writeText(input.value);
  else document.execCommand("copy");
  toast(t("do.copied"), { kind: "good" });
}
