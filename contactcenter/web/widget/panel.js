/** The open chat: who answers, what was said, and where to write. It draws from the state. */
import { composer } from "./composer.js";
import { h, say } from "./dom.js";
import { icon } from "./icons.js";
import { log } from "./log.js";
import { rating } from "./rating.js";

/**
 * @param {import("./settings.js").Settings} settings
 * @param {(key: string, value?: any) => string} t
 * @param {ReturnType<import("./talk.js").talk>} talk
 * @param {() => void} close
 */
export function makePanel(settings, t, talk, close) {
  const { language, title, greeting } = settings;
  const who = h("p", { class: "who", role: "status" });
  const end = h("button", { type: "button", class: "quiet", onclick: () => ask(true) }, t("end"));
  const shut = h("button", { type: "button", class: "round", "aria-label": t("close"), onclick: close }, icon("close"));
  const sure = h("div", { class: "sure", role: "group", "aria-label": t("endAsk"), hidden: true }, h("p", {}, t("endAsk")),
    h("button", { type: "button", class: "quiet", onclick: leave }, t("end")),
    h("button", { type: "button", class: "primary", onclick: () => ask(false) }, t("stay")));
  const link = h("p", { class: "link", role: "status" });
  const said = log(language, greeting || t("greeting"), t, talk);
  const typing = h("p", { class: "typing" });
  const write = composer(t, talk);
  const rate = rating(t, talk, () => write.focus());
  const form = stranger(settings, t, talk, () => write.focus());
  const element = h("section", { class: "panel", role: "dialog", "aria-label": title || t("title"), hidden: true, onkeydown: key, ondragover: over, ondrop: over },
    h("header", {}, h("div", { class: "grow" }, h("h2", {}, title || t("title")), who), end, shut),
    sure, link, form.element, said.element, typing, rate.element, write.element);
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const phone = matchMedia("(max-width: 480px)");
  phone.addEventListener("change", modal);
  document.addEventListener("visibilitychange", look);
  modal();

  /** On a phone it is all there is to see, and so it is all there is to tab to. */
  function modal() {
    element.setAttribute("aria-modal", String(phone.matches));
  }

  function key(event) {
    event.stopPropagation(); // the page's shortcuts are not for what is written here
    if (event.key === "Escape" && !event.isComposing) return sure.hidden ? close() : ask(false);
    if (event.key !== "Tab" || !phone.matches) return;
    const all = [...element.querySelectorAll("button, a, textarea, input:not([type=file]), [tabindex]")].filter((one) => one.offsetParent && !one.disabled);
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (element.getRootNode().activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }

  function over(event) {
    if (write.element.hidden || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "drop") write.drop(event.dataTransfer.files);
  }

  function ask(open) {
    sure.hidden = !open;
    (open ? sure.lastChild : write).focus();
  }

  function leave() {
    talk.leave();
    ask(false);
  }

  /** A time of today, or a day and a time, on the visitor's own clock. */
  function moment(at) {
    const then = new Date(at);
    const today = then.toDateString() === new Date().toDateString();
    return today ? clock.format(then) : `${day.format(then)}, ${clock.format(then)}`;
  }

  function look() {
    if (!element.hidden && !document.hidden) talk.seen();
  }

  function draw(state) {
    const asked = state.link === "idle"; // nobody who is known, and nothing said
    form.element.hidden = !asked;
    said.element.hidden = write.element.hidden = asked;
    const conversation = state.conversation;
    end.hidden = !conversation?.open || state.link !== "live";
    say(who, answers(state, t, moment));
    const trouble = state.link === "reconnecting" && !state.known ? "unreachable" : state.link;
    say(link, SAID.includes(trouble) ? t(trouble) : "");
    link.hidden = !link.textContent;
    say(typing, state.typing ? t("typing", state.typing.name ?? t("somebody")) : "");
    rate.draw(state);
    said.draw(state);
    look();
  }

  return {
    element,
    draw,
    show() {
      element.hidden = false;
      talk.hours();
      if (!settings.form || talk.known()) talk.start();
      draw(talk.state());
      said.end();
      (form.element.hidden ? write : form).focus();
    },
  };
}

const SAID = ["unreachable", "reconnecting", "offline", "refused", "expired"];

/** Who has it, in a line; or when somebody can. */
function answers({ conversation, outgoing, queue, opens }, t, moment) {
  if (queue?.opens) return t("closed", moment(queue.opens));
  if (opens && !conversation?.agent && !conversation?.bot) return t("closed", moment(opens));
  if (queue) return t("place", queue.position) + (queue.wait === null ? "" : `, ${t("wait", Math.ceil(queue.wait / 60))}`);
  if (!conversation) return outgoing.length ? t("waiting") : t("team");
  if (conversation.agent) return t("answers", conversation.agent);
  if (!conversation.open) return t("over");
  return conversation.bot ? t("answers", conversation.bot) : t("waiting");
}

/** What a stranger is asked first: their name, if they like, and their question. */
function stranger(settings, t, talk, done) {
  const name = h("input", { id: "name", name: "name", autocomplete: "name", maxlength: 100 });
  const question = h("textarea", { id: "question", required: true, rows: 4, maxlength: 16000 });
  const element = h("form", { class: "form", onsubmit: begin },
    h("p", {}, settings.greeting || t("greeting")),
    h("label", { for: "name" }, t("name")), name,
    h("label", { for: "question" }, t("question")), question,
    h("button", { class: "primary" }, t("begin")));

  function begin(event) {
    event.preventDefault();
    const text = question.value.trim();
    if (!text) return question.focus();
    talk.say(text, [], name.value.trim());
    element.reset();
    done();
  }
  return { element, focus: () => name.focus() };
}
