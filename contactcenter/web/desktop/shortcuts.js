// Every action has a key; the sheet (`?`) shows them all.

import {t} from "../base/i18n.js";
import * as keys from "../base/keys.js";
import {editTags, startConversation, toggleSpam} from "./customer-actions.js";
import {editCustomer} from "./customer-dialogs.js";
import {openSearch} from "./search.js";
import {asksOf, heldIn, itemIn} from "./state.js";
import {order} from "./work-list.js";

/** @param {import("./main.js").Desk} desk */
export function addShortcuts(desk) {
  const offers = () => Object.keys(desk.store.state.offers).length > 0;
  const asked = () => asksOf(desk.store.state).length > 0;
  const selected = () => desk.view.selected !== null;
  const item = () => (selected() ? itemIn(desk.store.state, desk.view.selected) : null);
  const active = () => item()?.state === "active";
  const [work, talk, page] = [t("desktop.keys_work"), t("desktop.keys_conversation"), t("desktop.keys_page")];

  const step = (by) => () => {
    const all = order(desk.store.state);
    if (all.length === 0) return;
    const at = all.indexOf(desk.view.selected);
    desk.select(all[at < 0 ? 0 : (at + by + all.length) % all.length]);
  };

  keys.add(
    {group: work, keys: "a", label: t("desktop.keys_accept"), when: offers, run: desk.act.acceptFirst},
    {group: work, keys: "alt+a", label: t("desktop.keys_accept_typing"), when: offers, run: desk.act.acceptFirst},
    {group: work, keys: "d", label: t("desktop.keys_decline"), when: offers, run: desk.act.declineFirst},
    {group: work, keys: "y", label: t("desktop.keys_look_in"), when: asked, run: desk.consulting.joinFirst},
    {group: work, keys: "x", label: t("desktop.keys_not_now"), when: asked, run: desk.consulting.declineFirst},
    {group: work, keys: "j", label: t("desktop.keys_next"), run: step(1)},
    {group: work, keys: "k", label: t("desktop.keys_former"), run: step(-1)},
    {group: work, keys: "alt+arrowdown", label: t("desktop.keys_next_typing"), run: step(1)},
    {group: work, keys: "alt+arrowup", label: t("desktop.keys_former_typing"), run: step(-1)},
    {group: talk, keys: "m", label: t("desktop.keys_reply"), when: () => Boolean(item()), run: () => desk.focusComposer("reply")},
    {group: talk, keys: "n", label: t("desktop.keys_note"), when: selected, run: () => desk.focusComposer("note")},
    {group: talk, keys: "alt+m", label: t("desktop.keys_reply_typing"), when: () => Boolean(item()), run: () => desk.focusComposer("reply")},
    {group: talk, keys: "alt+n", label: t("desktop.keys_note_typing"), when: selected, run: () => desk.focusComposer("note")},
    {group: talk, keys: "ctrl+enter", label: t("desktop.keys_send"), when: () => false, run: () => {}},
    {group: talk, keys: "ctrl+z", label: t("desktop.keys_undo"), when: () => nothingTyped() && heldIn(desk.store.state, desk.view.selected).length > 0, run: desk.holding.undoLast},
    {group: talk, keys: "ctrl+shift+u", label: t("desktop.keys_attach"), when: () => Boolean(item()), run: desk.attach},
    {group: talk, keys: "escape", label: t("desktop.keys_leave"), when: () => false, run: () => {}},
    {group: talk, keys: "q", label: t("desktop.keys_consult"), when: active, run: desk.act.openConsult},
    {group: talk, keys: "t", label: t("desktop.keys_transfer"), when: active, run: desk.act.openTransfer},
    {group: talk, keys: "r", label: t("desktop.keys_resolve"), when: active, run: desk.act.openResolve},
    {group: talk, keys: "s", label: t("desktop.case_open"), when: selected, run: desk.cases.begin},
    {group: talk, keys: "i", label: t("desktop.keys_script"), when: () => Boolean(item()), run: () => desk.attempt(desk.openScript)},
    {group: talk, keys: "f", label: t("desktop.keys_finish"), when: () => item()?.state === "wrapup", run: desk.act.finish},
    {group: page, keys: "/", label: t("desktop.search"), run: () => openSearch(desk)},
    {group: page, keys: "ctrl+k", label: t("desktop.keys_search_typing"), run: () => openSearch(desk)},
    {group: page, keys: "p", label: t("desktop.keys_presence"), run: desk.openPresence},
    {group: page, keys: "l", label: t("desktop.keys_list"), run: () => desk.showPane("work")},
    {group: page, keys: "o", label: t("desktop.keys_read"), when: selected, run: () => desk.showPane("conversation")},
    {group: page, keys: "c", label: t("desktop.keys_customer"), when: selected, run: () => desk.showPane("customer")},
    {group: page, keys: "e", label: t("desktop.keys_edit"), when: selected, run: () => desk.withCustomer(editCustomer)},
    {group: page, keys: "w", label: t("desktop.keys_start"), when: selected, run: () => desk.withCustomer(startConversation)},
    {group: page, keys: "x", label: t("desktop.keys_spam"), when: selected, run: () => desk.withCustomer(toggleSpam)},
    {group: talk, keys: "g", label: t("desktop.keys_tags"), when: selected, run: () => editTags(desk, desk.view.selected)},
  );
}

/** Where something is typed, the browser's own undo is meant. */
const nothingTyped = () => !document.activeElement?.value;
