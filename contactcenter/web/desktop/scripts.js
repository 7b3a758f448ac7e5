// The script that leads the agent through a conversation: one thing to say or to ask at a time.

import * as api from "../base/api.js";
import {polite} from "../base/announce.js";
import {button} from "../base/button.js";
import {fill, h, set, text} from "../base/dom.js";
import {choice, field} from "../base/field.js";
import {icon} from "../base/icons.js";
import {date, number, t} from "../base/i18n.js";
import {failure} from "../base/toast.js";
import {openDialog} from "./dialogs.js";
import {itemIn} from "./state.js";

/** @param {import("./main.js").Desk} desk */
export function createScripts(desk) {
  const title = h("b", {class: "grow clip"});
  const body = h("div", {class: "stack close"});
  const element = h("section", {class: "script", hidden: true}, h("div", {class: "row"}, icon("list"), title), body);
  const known = new Map(); // by item: {run, scripts}, or null while it is asked for
  const closed = new Set(); // runs at their end that the agent has seen
  let shown = "";
  let wanted = false; // whether the agent is to be led to what is asked next, once that is drawn

  const here = () => (desk.view.selected === null ? undefined : itemIn(desk.store.state, desk.view.selected));

  async function look(item) {
    known.set(item, null);
    const found = await api.get(`/v1/items/${item}/script`);
    if (found.run?.done) closed.add(found.run.id);
    known.set(item, found);
    if (found.first) await begin(item, found.first);
    desk.store.redraw();
  }

  async function begin(item, script) {
    take(item, await api.post(`/v1/items/${item}/script`, {script}));
  }

  /** What the server says of a run is what is shown. */
  function take(item, run) {
    known.set(item, {...known.get(item), run});
    desk.store.redraw();
  }

  async function move(run, what, sent) {
    const next = await api.post(`/v1/script-runs/${run.id}/${what}`, {step: run.step, ...sent});
    wanted = true;
    take(run.item, next);
    polite(next.text);
  }

  function choose(item, scripts) {
    const which = field({label: t("desktop.script"), name: "script", options: scripts.map((one) => [one.name, one.label])});
    return openDialog(t("desktop.script_begin"), [which], () => begin(item.id, which.input.value), t("desktop.script_begin"));
  }

  function close(run) {
    closed.add(run.id);
    desk.store.redraw();
    desk.focusComposer();
  }

  return {
    element,
    draw() {
      const item = here();
      if (item && !known.has(item.id) && desk.connection === "live") look(item.id).catch(failure);
      const run = item && known.get(item.id)?.run;
      const open = Boolean(run) && !closed.has(run.id);
      element.hidden = !open;
      const words = open ? `${run.id} ${run.step} ${run.done} ${desk.language}` : "";
      if (open && words !== shown) {
        set(element, {"aria-label": t("desktop.script_of", {name: run.label})});
        text(title, t("desktop.script_of", {name: run.label}));
        fill(body, run.done ? ended(run, () => close(run)) : stop(run, move), answered(run));
      }
      shown = words;
      if (open && wanted) body.querySelector("input, .primary, button").focus();
      wanted = false;
    },
    /** Go to the script, or choose one to begin. */
    async open() {
      const item = here();
      const all = item && known.get(item.id);
      if (!all) return;
      if (element.hidden && all.scripts.length === 0) return desk.tell(t("desktop.script_none"), "");
      if (element.hidden) await choose(item, all.scripts);
      wanted = true;
      desk.store.redraw();
    },
  };
}

/** What is to be said or asked now; `move` goes on or back. */
function stop(run, move) {
  const control = run.kind === "ask" ? asking(run) : {node: h("p", {class: "wrap"}, run.text), fail: () => {}};
  const go = async (what, sent) => {
    try {
      await move(run, what, sent);
    } catch (problem) {
      if (problem.pointer === "/answer") control.fail(problem.detail);
      else failure(problem);
    }
  };
  const back = run.can_go_back && button({label: t("do.back"), kind: "quiet small", run: () => go("back")});
  if (run.type === "yes_no") {
    const say = (answer, words) => button({label: words, kind: `small ${answer ? "primary" : ""}`, run: () => go("steps", {answer})});
    return h("div", {class: "stack close", role: "group", "aria-label": run.text}, control.node,
      h("div", {class: "row wraps"}, say(true, t("desktop.script_yes")), say(false, t("desktop.script_no")), back));
  }
  const next = button({label: t("desktop.script_next"), kind: "small primary", type: "submit"});
  const form = h("form", {class: "stack close", novalidate: true}, control.node, h("div", {class: "row wraps"}, next, back));
  form.onsubmit = (event) => {
    event.preventDefault();
    go("steps", control.value ? {answer: control.value()} : {});
  };
  return form;
}

const KINDS = {text: "text", number: "number", date: "date"};

/** The control for an answer: `value()` is what it says, of the type that is asked. */
function asking(run) {
  if (run.type === "yes_no") return {node: h("p", {class: "wrap"}, run.text), fail: () => {}};
  if (run.type === "choice") return choosing(run);
  const node = field({label: run.text, name: "answer", type: KINDS[run.type], maxlength: 1000, step: "any", autocomplete: "off"});
  const value = () => (run.type === "number" ? numberIn(node.input.value) : node.input.value);
  return {node, value, fail: node.fail};
}

const numberIn = (written) => (written === "" ? null : Number(written));

function choosing(run) {
  const all = run.choices.map((one) => choice({label: one, name: "answer", type: "radio", value: one}));
  const wrong = h("p", {class: "wrong", role: "alert"});
  return {
    node: h("fieldset", {class: "stack close"}, h("legend", {}, run.text), all, wrong),
    value: () => all.find((each) => each.input.checked)?.input.value ?? null,
    fail: (words) => text(wrong, words),
  };
}

const ended = (run, close) => [h("p", {class: "wrap", role: "status"}, icon("check"), " ", run.text),
  h("div", {class: "row"}, button({label: t("do.close"), kind: "small primary", run: close}))];

function answered(run) {
  if (run.answers.length === 0) return null;
  return h("details", {class: "small"}, h("summary", {}, t("desktop.script_answers", {count: run.answers.length})),
    h("dl", {class: "facts"}, run.answers.map((one) => [h("dt", {}, one.question), h("dd", {class: "wrap"}, said(one.answer))])));
}

function said(answer) {
  if (typeof answer === "boolean") return t(answer ? "desktop.script_yes" : "desktop.script_no");
  if (typeof answer === "number") return number(answer);
  return /^\d{4}-\d\d-\d\d$/.test(answer) ? date(`${answer}T00:00`, "date") : answer;
}
