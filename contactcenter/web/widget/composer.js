/** Where the visitor writes: Enter sends, Shift and Enter begins a line. */
import { h } from "./dom.js";
import { icon } from "./icons.js";

export function composer(t, talk) {
  const text = h("textarea", { rows: 1, maxlength: 16000, "aria-label": t("write"), placeholder: t("write"), oninput: typed, onkeydown: key });
  const send = h("button", { class: "round send", "aria-label": t("send") }, icon("send"));
  const element = h("form", { class: "composer", onsubmit: submit }, text, send);

  function typed() {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 120)}px`;
    if (text.value.trim()) talk.typing();
  }

  function key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  }

  function submit(event) {
    event.preventDefault();
    const words = text.value.trim();
    if (words) talk.say(words);
    text.value = "";
    typed();
    text.focus();
  }

  return { element, focus: () => text.focus() };
}
