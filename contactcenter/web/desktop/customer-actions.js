// What can be done with a customer beside editing: spam, an identity that is refused, to write first.
// What can be taken back is done after one question and taken back by one press; refusals are said.

import {del, put} from "../base/api.js";
import {confirm, dialog} from "../base/dialog.js";
import {h} from "../base/dom.js";
import {t} from "../base/i18n.js";
import {failure, toast} from "../base/toast.js";
import {openDialog} from "./dialogs.js";
import {talkOf} from "./state.js";
import {tagField} from "./tags.js";
import {channelName, pastTime, queueName} from "./words.js";

const FRIENDLY = new Set(["not-yours", "conversation-open", "unreachable", "at-capacity", "agent-offline", "not-an-agent"]);

/** What a refusal says to whoever sees this page. */
const friendly = (problem) => (FRIENDLY.has(problem.code) ? {...problem, detail: t(`desktop.refused.${problem.code}`)} : problem);

/** Do it, say so, and offer to take it back. */
async function done(work, words, undo) {
  try {
    await work();
    toast(words, {kind: "good", action: undo && {label: t("do.undo"), run: () => undo().catch((problem) => failure(friendly(problem)))}});
  } catch (problem) {
    failure(friendly(problem));
  }
}

/** @param {import("./main.js").Desk} desk @param {number} id @param {object} all */
export async function toggleSpam(desk, id, {profile}) {
  const {customers} = desk;
  if (profile.spam_at) return done(() => customers.notSpam(id), t("desktop.not_spam_done"), () => customers.spam(id));
  const sure = await confirm({title: t("desktop.spam_title"), words: t("desktop.spam_words"), yes: t("desktop.spam")});
  return sure ? done(() => customers.spam(id), t("desktop.spam_done"), () => customers.notSpam(id)) : undefined;
}

/** @param {import("./main.js").Desk} desk @param {number} id @param {object} identity */
export async function toggleBlock(desk, id, identity) {
  const {customers} = desk;
  const block = () => customers.block(id, identity.id);
  const unblock = () => customers.unblock(id, identity.id);
  if (identity.blocked_at) return done(unblock, t("desktop.unblock_done", {who: identity.value}), block);
  const sure = await confirm({title: t("desktop.block_title", {who: identity.value}), words: t("desktop.block_words"), yes: t("desktop.block")});
  return sure ? done(block, t("desktop.block_done", {who: identity.value}), unblock) : undefined;
}

/** Two who were one: what was merged is told, and can be parted. */
export const merged = (desk, loser, winner) => done(
  () => desk.customers.merge(loser, winner), t("desktop.merged"), () => desk.customers.unmerge(loser, winner));

/** @param {import("./main.js").Desk} desk @param {number} former @param {number} winner */
export const parted = (desk, former, winner) => done(
  () => desk.customers.unmerge(former, winner), t("desktop.parted"), () => desk.customers.merge(former, winner));

/** They are not one person. */
export const dismissed = (desk, id, other) => done(
  () => desk.customers.dismiss(id, other), t("desktop.dismissed"), () => desk.customers.recall(id, other));

/** Write to a customer who has not written. @param {import("./main.js").Desk} desk @param {number} id @param {object} all */
export async function startConversation(desk, id, all) {
  const {state} = desk.store;
  if (all.open) return desk.select(all.open.conversation.id);
  const ways = all.reach.map((way) => ({...way, value: all.identities.find((one) => one.id === way.identity)?.value ?? ""}));
  let chosen = ways.find(usable) ?? null;
  const text = h("textarea", {class: "input", rows: "4", maxlength: "16384", id: "start-text"});
  const queue = h("select", {class: "input", id: "start-queue"}, h("option", {value: ""}, t("desktop.start_queue_usual")),
    Object.keys(state.queues).map((name) => h("option", {value: name}, queueName(state, name))));
  const list = h("div", {class: "targets", role: "radiogroup", "aria-label": t("desktop.start_by")}, ways.map((way) => h("label", {class: "choice target"},
    h("input", {type: "radio", name: "way", checked: way === chosen, disabled: !usable(way), onchange: () => { chosen = way; }}),
    h("span", {class: "grow clip"}, channelName(way.channel), h("span", {class: "muted"}, ` · ${way.value}`)),
    h("span", {class: "tiny muted"}, way.blocked ? t("desktop.blocked") : way.disabled ? t("desktop.way_disabled") : pastTime(way.last_at)))));
  const started = await openDialog(t("desktop.start_title"), [
    h("div", {class: "field"}, h("span", {}, t("desktop.start_by")), list, ways.length === 0 ? h("p", {class: "small muted"}, t("desktop.refused.unreachable")) : null),
    h("div", {class: "field"}, h("label", {for: "start-text"}, t("desktop.start_text")), text),
    h("div", {class: "field"}, h("label", {for: "start-queue"}, t("desktop.start_queue")), queue),
  ], async () => {
    if (!text.value.trim()) throw {detail: t("desktop.start_empty")};
    const start = {text: text.value.trim(), ...(chosen && {identity: chosen.identity, channel: chosen.channel}), ...(queue.value && {queue: queue.value})};
    try {
      return await desk.customers.start(id, start);
    } catch (problem) {
      throw friendly(problem);
    }
  }, t("desktop.send"));
  if (started) desk.select(started.conversation);
}

const usable = (way) => !way.blocked && !way.disabled;

/** The words on a conversation. @param {import("./main.js").Desk} desk @param {number} conversation */
export function editTags(desk, conversation) {
  const body = h("div", {class: "stack"});
  const path = (tag) => `/v1/conversations/${conversation}/tags/${encodeURIComponent(tag)}`;
  async function change(work) {
    try {
      await work();
    } catch (problem) {
      failure(problem);
    }
    await desk.loading.conversation(conversation);
    draw();
  }
  function draw() {
    const tags = talkOf(desk.store.state, conversation).tags;
    body.replaceChildren(tagField({kind: "conversation", tags,
      add: (tag) => change(() => put(path(tag))), remove: (tag) => change(() => del(path(tag)))}));
    body.querySelector("input").focus();
  }
  draw();
  dialog({title: t("desktop.tags_title"), body, actions: [{label: t("do.close")}]});
}
