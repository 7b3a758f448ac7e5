// Cases: opened from a conversation, listed with the agent's work, and worked on in a dialog.

import * as api from "../base/api.js";
import {caseCard, severityChip} from "../base/case-card.js";
import {dialog} from "../base/dialog.js";
import {fill, h, patch, set, text} from "../base/dom.js";
import {field} from "../base/field.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {failed, loading} from "../base/states.js";
import {newId} from "../base/stream.js";
import {openDialog} from "./dialogs.js";
import {mattersInOrder} from "./state.js";
import {customerName, duration, queueName} from "./words.js";

const SEVERITIES = ["low", "normal", "high", "critical"];

/** @param {import("./main.js").Desk} desk */
export function createCases(desk) {
  let shown = null; // the case in the dialog: {id, load}

  desk.store.follows((before, after, frame) => {
    const fact = frame.type === "event" ? frame.fact : null;
    if (!fact?.case || !/^Case|^Item/.test(fact.fact)) return;
    if (shown?.id === fact.case) shown.load();
    if (desk.customers.of(fact.customer) && fact.fact.startsWith("Case")) desk.customers.load(fact.customer);
  });

  return {
    /** Look at a case, and work on it. */
    open(id) {
      const body = h("div", {class: "case stack"}, loading(6));
      const load = () => api.get(`/v1/cases/${id}`).then(
        (whole) => draw(desk, body, whole, load), (problem) => fill(body, failed(problem, load)));
      shown = {id, load};
      load();
      const title = t("case.number", {id: String(id)});
      return dialog({title, body, wide: true, actions: [{label: t("do.close"), value: null}]}).then(() => {
        if (shown?.id === id) shown = null;
      });
    },
    /** Open a new one, of the customer in front of the agent. */
    async begin() {
      const conversation = desk.view.selected;
      const {case_categories: categories} = desk.store.state;
      if (conversation === null || Object.keys(categories).length === 0) return;
      const fields = newFields(categories);
      const key = newId();
      const given = await openDialog(t("desktop.case_open"), Object.values(fields), () => api.post("/v1/cases", {
        conversation, key, category: fields.category.input.value, subject: fields.subject.input.value.trim(),
        description: fields.description.input.value, severity: fields.severity.input.value || null,
      }), t("desktop.case_open"));
      if (given) desk.tell(t("desktop.case_opened", {id: String(given.id)}));
    },
  };
}

const newFields = (categories) => ({
  category: field({label: t("case.category"), name: "category", options: Object.entries(categories)}),
  severity: field({label: t("desktop.case_severity"), name: "severity", options: [["", t("desktop.case_severity_usual")], ...severities()]}),
  subject: field({label: t("desktop.case_subject"), name: "subject", maxlength: 200, required: true}),
  description: field({label: t("desktop.case_description"), name: "description", lines: 4, maxlength: 16384}),
});

const severities = () => SEVERITIES.map((one) => [one, t(`case.severity.${one}`)]);

// The agent's cases and leads, under their conversations ------------------------------------------

/** @param {import("./main.js").Desk} desk */
export function createMatters(desk) {
  const heading = h("h2", {class: "section"});
  const list = h("ul", {class: "plain items"});
  const element = h("section", {class: "matters", hidden: true}, heading, list);
  return {
    element,
    draw(now) {
      const all = mattersInOrder(desk.store.state);
      element.hidden = all.length === 0;
      text(heading, t("desktop.matters", {count: all.length}));
      patch(list, all, {
        key: (one) => one.id,
        make: (one) => row(desk, one),
        update: (node, one) => update(node, one, now),
      });
    },
  };
}

function row(desk, {id, kind}) {
  const open = () => {
    const one = desk.store.state.matters[id];
    if (one?.case) desk.cases.open(one.case);
    else if (one?.lead) openLead(desk, one);
  };
  return h("li", {}, h("button", {class: "item", type: "button", onclick: open},
    h("span", {class: "channel"}, icon(kind === "case" ? "flag" : "priority", t(`channel.${kind}`))), h("span", {class: "clip name"}),
    h("span", {class: "small wait"}), h("span", {class: "last small muted clip"}), h("span", {class: "severity"})));
}

function update(node, one, now) {
  const [, name, wait, last, severity] = node.firstChild.children;
  text(name, one.subject ?? "");
  name.title = one.subject ?? "";
  text(wait, duration(now - Date.parse(one.waiting_since)));
  text(last, customerName(one));
  if (severity.dataset.is !== one.severity && one.severity) fill(severity, severityChip(one.severity));
  set(severity, {data: {is: one.severity ?? ""}, hidden: !one.severity});
}

async function openLead(desk, one) {
  const ended = (state) => api.post(`/v1/leads/${one.lead}/end`, {state});
  const body = h("dl", {class: "facts"},
    h("dt", {}, t("case.customer")), h("dd", {}, customerName(one)),
    h("dt", {}, t("case.queue")), h("dd", {}, queueName(desk.store.state, one.queue)));
  await dialog({title: t("desktop.lead", {product: one.subject ?? ""}), body, actions: [
    {label: t("do.close"), value: null},
    {label: t("desktop.lead_lost"), run: () => ended("lost")},
    {label: t("desktop.lead_won"), kind: "primary", run: () => ended("won")},
  ]});
}

// One case ------------------------------------------------------------------------------------------

function draw(desk, body, whole, load) {
  const {state} = desk.store;
  const {case: one} = whole;
  const typed = body.querySelector("textarea[name=note]")?.value ?? "";
  const look = (conversation) => {
    body.closest("dialog").close();
    desk.select(conversation);
  };
  fill(body,
    h("h3", {class: "large wrap"}, one.subject),
    actions(desk, whole, load),
    caseCard(whole, {queue: (name) => queueName(state, name), category: (name) => state.case_categories[name] ?? name, look}),
    noteForm(one, load, typed));
}

/** What the state allows, for whoever is at work on it; the server has the last word. */
function actions(desk, {case: one, work}, load) {
  const theirs = work?.agent && work.agent !== desk.store.state.me?.id;
  const move = (state) => post(one, "state", {state, expected: one.state});
  const act = (words, run, kind = "") => h("button", {type: "button", class: `button small ${kind}`, onclick: () => desk.attempt(async () => {
    await run();
    await load();
  })}, words);
  const ended = one.state === "resolved" || one.state === "closed";
  const waits = one.state.startsWith("pending");
  if (theirs) return h("p", {class: "notice small"}, icon("info"), t("desktop.case_theirs"));
  return h("div", {class: "row wraps"},
    ended ? act(t("desktop.case_reopen"), () => move("open"), "primary") : null,
    ended ? null : act(t("desktop.case_resolve"), () => resolveCase(desk, one), "primary"),
    waits ? act(t("desktop.case_resume"), () => move("open")) : null,
    ended || one.state === "pending_customer" ? null : act(t("case.state.pending_customer"), () => move("pending_customer")),
    ended || one.state === "pending_third_party" ? null : act(t("case.state.pending_third_party"), () => move("pending_third_party")),
    ended ? null : act(t("desktop.case_change"), () => changeCase(desk, one)));
}

const post = (one, what, sent) => api.post(`/v1/cases/${one.id}/${what}`, sent);

function resolveCase(desk, one) {
  const code = field({label: t("desktop.case_resolution"), name: "code", options: desk.store.state.case_resolutions.map((each) => [each, each])});
  const words = field({label: t("desktop.case_resolution_words"), name: "text", lines: 3, maxlength: 16384});
  return openDialog(t("desktop.case_resolve"), [code, words],
    () => post(one, "resolve", {code: code.input.value, text: words.input.value, expected: one.state}), t("desktop.case_resolve"));
}

function changeCase(desk, one) {
  const {queues, case_categories: categories} = desk.store.state;
  const fields = {
    subject: field({label: t("desktop.case_subject"), name: "subject", maxlength: 200, value: one.subject}),
    category: field({label: t("case.category"), name: "category", options: Object.entries(categories), value: one.category}),
    severity: field({label: t("desktop.case_severity"), name: "severity", options: severities(), value: one.severity}),
    queue: field({label: t("case.queue"), name: "queue", options: Object.entries(queues), value: one.queue}),
  };
  return openDialog(t("desktop.case_change"), Object.values(fields), async () => {
    const all = Object.entries(fields).map(([name, each]) => [name, each.input.value]);
    const changed = all.filter(([name, value]) => value !== one[name]);
    const expected = Object.fromEntries(changed.map(([name]) => [name, one[name]]));
    if (changed.length) await api.patch(`/v1/cases/${one.id}`, {...Object.fromEntries(changed), expected});
  }, t("do.save"));
}

function noteForm(one, load, typed) {
  const words = field({label: t("desktop.case_note"), name: "note", lines: 2, maxlength: 16384, value: typed});
  const leave = h("button", {type: "button", class: "button small", onclick: async () => {
    if (!words.input.value.trim()) return words.fail(t("desktop.case_note_empty"));
    try {
      await post(one, "notes", {text: words.input.value});
      words.input.value = "";
      await load();
    } catch (problem) {
      words.fail(problem.detail ?? String(problem));
    }
  }}, icon("note"), t("desktop.case_note_leave"));
  return h("div", {class: "stack close"}, words, h("div", {class: "row"}, leave));
}

/** The customer's cases, beside what else is known of them. */
export function casesOf(desk, all) {
  const rows = all.cases.map((one) => h("li", {}, h("button", {class: "past", type: "button", onclick: () => desk.cases.open(one.id)},
    icon("flag"), h("span", {class: "grow clip", title: one.subject}, one.subject, " ", h("span", {class: "muted"}, t(`case.state.${one.state}`))),
    one.severity === "high" || one.severity === "critical" ? severityChip(one.severity) : null)));
  return [h("h3", {}, t("desktop.cases", {count: all.cases.length})),
    rows.length ? h("ul", {class: "plain past"}, rows) : null,
    h("p", {}, h("button", {class: "button quiet small", type: "button", onclick: () => desk.cases.begin()}, icon("plus"), t("desktop.case_open")))];
}
