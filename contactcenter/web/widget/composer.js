/** Where the visitor writes: Enter sends, Shift and Enter begins a line; files by picker, paste, drop. */
import { h } from "./dom.js";
import { tray } from "./files.js";
import { icon } from "./icons.js";

const HEIGHT_PX = 120;

/**
 * @param {(key: string, value?: any) => string} t
 * @param {ReturnType<import("./talk.js").talk>} talk
 */
export function composer(t, talk) {
  const files = tray(t, talk);
  const text = h("textarea", { rows: 1, maxlength: 16000, "aria-label": t("write"), placeholder: t("write"), oninput: typed, onkeydown: key, onpaste: ({ clipboardData }) => files.add(clipboardData.files) });
  const picker = h("input", { type: "file", multiple: true, hidden: true, onchange: picked });
  const clip = h("button", { type: "button", class: "round", "aria-label": t("attach"), onclick: () => picker.click() }, icon("clip"));
  const send = h("button", { class: "round send", "aria-label": t("send") }, icon("send"));
  const element = h("form", { class: "composer", onsubmit: submit }, files.element, clip, picker, text, send);

  function picked() {
    files.add(picker.files);
    picker.value = "";
    text.focus();
  }

  function typed() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, HEIGHT_PX)}px`;
    if (text.value.trim()) talk.typing();
  }

  function key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  }

  function submit(event) {
    event.preventDefault();
    if (files.busy()) return;
    const words = text.value.trim();
    const brought = files.take();
    if (words || brought.length) talk.say(words, brought);
    text.value = "";
    typed();
    text.focus();
  }

  return { element, focus: () => text.focus(), drop: (dropped) => files.add(dropped) };
}
