// The conversation in the middle: its head, what was said, and where to answer.

import {fill, h, set, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {now} from "../base/time.js";
import {createConsultBar} from "./consults.js";
import {createScripts} from "./scripts.js";
import {editTags} from "./customer-actions.js";
import {counting, heldRow, lineRow, pendingRow} from "./line.js";
import {heldIn, itemIn, summaryOf, talkOf, wroteSince} from "./state.js";
import {windowed} from "./windowed.js";
import {clockTime, customerName, duration, queueName} from "./words.js";

/**
 * @param {import("./main.js").Desk} desk
 * @param {{element: HTMLElement, draw: (now: number) => void}} composer
 */
export function createConversation(desk, composer) {
  const head = createHead(desk);
  const summary = createSummary(desk);
  const consults = createConsultBar(desk);
  const scripts = createScripts(desk);
  const scroller = h("div", {class: "stream", tabindex: "0", role: "region"});
  const notice = h("div", {class: "state", hidden: true});
  const typing = h("p", {class: "typing small muted", role: "status"});
  const newer = h("button", {class: "button small newer", type: "button", hidden: true, onclick: () => lines.toEnd()});
  const middle = h("div", {class: "middle"}, scroller, notice, newer);
  const nobody = h("div", {class: "state nobody"}, icon("empty"), h("p", {class: "title"}), h("p", {class: "small"}));
  const element = h("section", {class: "talk", id: "conversation", tabindex: "-1", "aria-label": t("desktop.keys_conversation")}, head.element, summary.element, consults.element, scripts.element, middle, typing, composer.element, nobody);

  let shown = null; // the conversation whose lines are in the window
  let freshFrom = 0; // the first number that was unread when it was opened
  let atEnd = true;

  const lines = windowed(scroller, {
    row: (index) => makeRow(index),
    key: (index) => rowKey(index),
    shown(first, last, end) {
      atEnd = end;
      if (shown === null) return;
      const all = talkOf(desk.store.state, shown).lines.length;
      desk.loading.lines(shown, Math.max(0, first - 20), Math.min(all - 1, last + 20));
      newer.hidden = end || all === 0;
    },
  });

  function at(index) {
    const talk = talkOf(desk.store.state, shown);
    if (index < talk.lines.length) return {line: talk.lines[index], before: talk.lines[index - 1]};
    const held = heldIn(desk.store.state, shown);
    const further = index - talk.lines.length;
    return further < held.length ? {held: held[further]} : {pending: talk.pending.filter(notYetShown(talk))[further - held.length]};
  }

  function makeRow(index) {
    const {line, before, held, pending} = at(index);
    const {state} = desk.store;
    if (held) {
      const row = heldRow(held, {
        customerWrote: wroteSince(state, held),
        onUndo: () => desk.holding.undo(held),
        onNow: () => desk.holding.sendNow(held).catch(() => {}),
      });
      row.dataset.due = held.due_at;
      counting(row, Date.parse(held.due_at) - now());
      return row;
    }
    if (pending) {
      return pendingRow(pending, {
        onRetry: () => desk.act.retry(shown, pending),
        onDrop: () => desk.act.takeBack(shown, pending),
        onUndo: () => desk.act.takeBack(shown, pending),
      });
    }
    return lineRow(line, {
      me: state.me?.id, names: state.names, before, unreadFrom: line?.number === freshFrom,
      customer: customerNameIn(desk, shown),
    });
  }

  /** What a row looks like, in a word: another word, and it is drawn anew. */
  function rowKey(index) {
    const {line, before, held, pending} = at(index);
    if (held) return `h ${held.held} ${wroteSince(desk.store.state, held)} ${desk.language}`;
    if (pending) return `p ${pending.id} ${pending.status} ${pending.attachments?.length ?? 0}`;
    if (!line) return "hole";
    const name = line.author_kind === "agent" ? desk.store.state.names[line.author_id] ?? "?" : customerNameIn(desk, shown);
    return `${line.id} ${line.delivery} ${before ? "" : "first"} ${name} ${desk.language} ${line.number === freshFrom}`;
  }

  function open(conversation) {
    if (shown !== null) desk.view.places.set(shown, lines.place());
    lines.forget();
    shown = conversation;
    if (conversation === null) return;
    const item = itemIn(desk.store.state, conversation);
    const talk = talkOf(desk.store.state, conversation);
    const fresh = item ? talk.lines.find((line) => line && line.number > item.read_number && line.direction === "inbound") : null;
    freshFrom = fresh && fresh.number > 1 ? fresh.number : 0;
    if (!talk.loaded || !talk.about) desk.loading.conversation(conversation);
    lines.show(count(conversation, talk), desk.view.places.get(conversation) ?? {end: true, index: 0, offset: 0});
  }

  const count = (conversation, talk) =>
    talk.lines.length + heldIn(desk.store.state, conversation).length + talk.pending.filter(notYetShown(talk)).length;

  return {
    element,
    lines,
    scripts,
    draw(time) {
      const {selected} = desk.view;
      if (selected !== shown) open(selected);
      const nothing = selected === null;
      nobody.hidden = !nothing;
      for (const part of [head.element, middle, composer.element]) part.hidden = nothing;
      head.draw(time);
      summary.draw();
      consults.draw();
      scripts.draw();
      composer.draw(time);
      typing.hidden = nothing;
      if (nothing) {
        text(nobody.children[1], t("desktop.nothing_open"));
        text(nobody.children[2], t("desktop.nothing_open_hint"));
        return;
      }
      const talk = talkOf(desk.store.state, selected);
      set(scroller, {"aria-label": t("desktop.what_was_said")});
      lines.show(count(selected, talk));
      for (const row of scroller.querySelectorAll("[data-due]")) counting(row, Date.parse(row.dataset.due) - time);
      text(typing, talk.typingUntil > time ? t("desktop.customer_is_typing") : "");
      fill(newer, icon("down"), t("desktop.to_the_newest"));
      drawNotice(notice, desk, selected, talk);
      if (atEnd) desk.act.markRead(selected);
    },
  };
}

const notYetShown = (talk) => (pending) => !(pending.number && talk.lines[pending.number - 1]);

function customerNameIn(desk, conversation) {
  const item = itemIn(desk.store.state, conversation);
  return item?.customer_name ?? desk.customers.nameIn(conversation);
}

function drawNotice(notice, desk, conversation, talk) {
  const failure = desk.loading.failure(conversation);
  notice.hidden = talk.lines.length > 0 || talk.pending.length > 0;
  if (notice.hidden) return;
  if (failure) {
    fill(notice, icon("alert"), h("p", {class: "title"}, t("state.failed")), h("p", {class: "small"}, failure.detail ?? ""),
      h("button", {class: "button", type: "button", onclick: () => desk.loading.conversation(conversation)}, t("do.retry")));
  } else if (talk.loaded) {
    fill(notice, icon("chat"), h("p", {class: "title"}, t("desktop.nothing_said")));
  } else {
    fill(notice, h("span", {class: "turning"}), h("p", {class: "small", role: "status"}, t("state.loading")));
  }
}

function createHead(desk) {
  const back = h("button", {class: "button quiet only back", type: "button", onclick: () => desk.showPane("work")}, icon("back"));
  const name = h("h2", {class: "clip grow"});
  const chips = h("div", {class: "row chips"});
  const tags = h("button", {class: "button quiet small only", type: "button", onclick: () => editTags(desk, desk.view.selected)}, icon("tag"));
  const turn = h("span", {class: "small turn"});
  const action = (key, run) => h("button", {class: "button", type: "button", onclick: run}, h("span", {}), h("kbd", {class: "key"}, key));
  const consult = action("Q", () => desk.act.openConsult());
  consult.classList.add("consult");
  consult.prepend(icon("people"));
  const transfer = action("T", () => desk.act.openTransfer());
  const resolve = action("R", () => desk.act.openResolve());
  const finish = action("F", () => desk.act.finish());
  finish.classList.add("primary");
  const follow = h("button", {class: "button quiet only", type: "button", onclick: () => desk.cases.begin()}, icon("flag"));
  const person = h("button", {class: "button quiet only person", type: "button", onclick: () => desk.showPane("customer")}, icon("customer"));
  const element = h("header", {class: "head"}, back, name, chips, tags, turn, follow, consult, transfer, resolve, finish, person);

  return {
    element,
    draw(now) {
      const {selected} = desk.view;
      if (selected === null) return;
      const {state} = desk.store;
      const item = itemIn(state, selected);
      const talk = talkOf(state, selected);
      const title = (item && customerName(item)) || desk.customers.nameIn(selected) || t("desktop.conversation", {id: String(selected)});
      text(name, title);
      name.title = title;
      set(back, {"aria-label": t("desktop.back_to_list")});
      set(person, {"aria-label": t("desktop.show_customer")});
      set(tags, {"aria-label": t("desktop.tags_title"), title: t("desktop.tags_title")});
      drawChips(chips, state, item, talk);
      const wrapUp = item?.state === "wrapup";
      consult.hidden = transfer.hidden = resolve.hidden = !item || wrapUp;
      finish.hidden = !wrapUp;
      text(consult.children[1], t("desktop.consult"));
      set(consult, {"aria-label": t("desktop.consult")});
      follow.hidden = Object.keys(state.case_categories).length === 0;
      set(follow, {"aria-label": t("desktop.case_open"), title: `${t("desktop.case_open")} (S)`});
      text(transfer.firstChild, t("desktop.transfer"));
      text(resolve.firstChild, t("desktop.resolve"));
      text(finish.firstChild, t("desktop.finish"));
      drawTurn(turn, item, now);
    },
  };
}

function drawChips(chips, state, item, talk) {
  const words = [];
  if (item) words.push(queueName(state, item.queue));
  if (item?.intent) words.push(item.intent);
  words.push(...talk.tags);
  if (!item && talk.about) words.push(t(talk.about.state === "open" ? "desktop.not_yours" : "desktop.closed"));
  const wanted = words.join("\n");
  if (chips.dataset.words === wanted) return;
  chips.dataset.words = wanted;
  fill(chips, words.map((word) => h("span", {class: "chip"}, word)));
}

function drawTurn(turn, item, now) {
  if (!item) return text(turn, "");
  if (item.state === "wrapup") {
    const left = item.wrap_up_until ? Date.parse(item.wrap_up_until) - now : null;
    return text(turn, left === null ? t("desktop.wrap_up") : t("desktop.wrap_up_left", {time: duration(left)}));
  }
  const time = duration(now - Date.parse(item.waiting_since));
  text(turn, t(item.waiting_for === "us" ? "desktop.waits_for_you" : "desktop.waits_for_them", {time}));
}

function createSummary(desk) {
  const title = h("b", {});
  const time = h("span", {class: "muted tiny"});
  const words = h("p", {class: "small wrap"});
  const element = h("section", {class: "summary", hidden: true}, h("div", {class: "row"}, icon("bot"), title, time), words);
  return {
    element,
    draw() {
      const line = desk.view.selected === null ? null : summaryOf(desk.store.state, desk.view.selected);
      element.hidden = !line;
      if (!line) return;
      set(element, {"aria-label": t("desktop.bot_summary")});
      text(title, t("desktop.bot_summary"));
      text(time, clockTime(line.occurred_at));
      text(words, line.text);
    },
  };
}

