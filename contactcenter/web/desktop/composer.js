// Where the agent writes: a reply by one of the customer's channels, or a note for colleagues.

import {fill, h, set, text} from "../base/dom.js";
import {icon} from "../base/icons.js";
import {t} from "../base/i18n.js";
import {createAttaching} from "./attachments.js";
import {createCanned} from "./canned.js";
import {createFence} from "./fence.js";
import {itemIn, waysOf} from "./state.js";
import {channelName} from "./words.js";

const TYPING_EVERY_MS = 3000;
const TEXT_MAX = 16_384;

/** @param {import("./main.js").Desk} desk */
export function createComposer(desk) {
  const fence = createFence(desk);
  const area = h("textarea", {rows: "2", maxlength: String(TEXT_MAX), class: "write", oninput: written, onselect: kept, onkeyup: kept, onkeydown: pressed, onpaste: pasted});
  const attaching = createAttaching({changed: () => desk.store.redraw(), tell: (words) => desk.tell(words, "bad")});
  const picker = h("input", {type: "file", multiple: true, hidden: true, onchange: () => { attaching.bring(picker.files); picker.value = ""; }});
  const attach = h("button", {class: "button quiet only", type: "button", onclick: () => picker.click()}, icon("attach"));
  const canned = createCanned(desk, area, insert);
  const reply = h("button", {type: "button", onclick: () => mode("reply")});
  const note = h("button", {type: "button", onclick: () => mode("note")});
  const ways = h("select", {class: "input small ways", onchange: () => change({connection: Number(ways.value) || null})});
  const state = h("span", {class: "tiny muted saved", role: "status"});
  const send = h("button", {class: "button primary send", type: "button", onclick: submit}, h("span", {}), h("kbd", {class: "key"}, "Ctrl ⏎"));
  const form = h("div", {class: "reply", ondragover, ondrop},
    canned.element, area, attaching.element, picker,
    h("div", {class: "row tools"}, h("div", {class: "segments"}, reply, note), ways, attach, h("span", {class: "grow"}), state, send));
  const closed = h("p", {class: "small muted closed row"});
  const element = h("section", {class: "composer"}, fence.element, closed, form);

  let shown = null;
  let drawn = null; // the words that were put into the field, or written there
  let typedAt = 0;

  const change = (what) => {
    desk.drafts.change(shown, what);
    desk.store.redraw();
  };
  const draft = () => desk.drafts.of(shown);

  function mode(next, focus = true) {
    change({mode: next, start: draft()[next].length, end: draft()[next].length});
    load();
    if (focus) area.focus();
  }

  function load() {
    const {mode: now, start, end} = draft();
    area.value = drawn = draft()[now];
    grow();
    area.setSelectionRange(start, end);
  }

  function kept() {
    if (shown !== null) desk.drafts.change(shown, {start: area.selectionStart, end: area.selectionEnd});
  }

  function written() {
    drawn = area.value;
    change({[draft().mode]: area.value, start: area.selectionStart, end: area.selectionEnd});
    grow();
    canned.look();
    const now = Date.now();
    if (draft().mode === "reply" && area.value && now - typedAt > TYPING_EVERY_MS) {
      typedAt = now;
      desk.act.typing(shown);
    }
  }

  function pasted(event) {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attaching.bring(event.clipboardData.files);
  }

  function ondragover(event) {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  }

  function ondrop(event) {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    attaching.bring(event.dataTransfer.files);
  }

  function insert(start, end, words) {
    area.setRangeText(words, start, end, "end");
    written();
    area.focus();
  }

  function grow() {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 220)}px`;
  }

  function pressed(event) {
    if (canned.pressed(event)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      area.blur();
      desk.focusConversation();
    }
  }

  function submit() {
    const {mode: now, connection} = draft();
    const words = area.value.trim();
    if (shown === null || !attaching.ready() || !mayWrite(now)) return;
    if (!words && attaching.ready().length === 0) return;
    if (now === "note") desk.act.note(shown, words, attaching.take());
    else desk.act.reply(shown, words, connection, attaching.take());
    desk.drafts.sent(shown, now);
    load();
    area.focus();
  }

  const mayWrite = (now) => now === "note" || Boolean(itemIn(desk.store.state, shown));

  return {
    element,
    focus(next) {
      if (next) mode(next);
      else area.focus();
    },
    load,
    attach: () => picker.click(),
    giveFiles: attaching.give,
    draw() {
      const {selected} = desk.view;
      if (selected !== shown) {
        shown = selected;
        canned.close();
        attaching.show(shown);
        if (shown !== null) load();
      }
      if (shown === null) return;
      fence.draw();
      const item = itemIn(desk.store.state, shown);
      closed.hidden = Boolean(item);
      if (!item) fill(closed, icon("lock"), t("desktop.read_only"));
      // Where the work is another's, one may still leave a note.
      reply.hidden = !item;
      if (!item && draft().mode === "reply" && !draft().reply) mode("note", false);
      const now = draft().mode;
      if (draft()[now] !== drawn) load(); // it was read from the server only now
      set(form, {class: `reply ${now}`});
      set(area, {"aria-label": t(now === "note" ? "desktop.note_label" : "desktop.reply_label"), placeholder: t(now === "note" ? "desktop.note_hint" : "desktop.reply_hint")});
      set(reply, {"aria-pressed": String(now === "reply")});
      set(note, {"aria-pressed": String(now === "note")});
      text(reply, t("desktop.reply"));
      text(note, t("desktop.note"));
      drawWays(ways, desk, shown, draft(), now);
      text(send.firstChild, t(now === "note" ? "desktop.keep_note" : "desktop.send"));
      const files = attaching.ready();
      set(send, {disabled: !files || (area.value.trim() === "" && files.length === 0) || !mayWrite(now)});
      set(attach, {"aria-label": t("desktop.attach"), title: t("desktop.attach")});
      const {saved} = draft();
      text(state, area.value && saved !== "no" ? t(saved === "yes" ? "desktop.draft_kept" : "desktop.draft_not_kept") : "");
    },
  };
}

function drawWays(select, desk, conversation, draft, mode) {
  const reach = desk.customers.of(desk.customers.idIn(conversation))?.reach;
  const ways = waysOf(desk.store.state, conversation, reach);
  select.hidden = mode === "note" || ways.length === 0;
  const wanted = ways.map((way) => way.connection).join(",") + desk.language;
  if (select.dataset.ways !== wanted) {
    select.dataset.ways = wanted;
    fill(select, ways.map((way, n) => h("option", {value: n === 0 ? "" : String(way.connection)}, t("desktop.reply_by", {channel: channelName(way.channel)}))));
  }
  set(select, {"aria-label": t("desktop.reply_by_label")});
  const value = draft.connection && ways.some((way) => way.connection === draft.connection) ? String(draft.connection) : "";
  if (select.value !== value) select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}
