/** A conversation as it happens: read along, leave a note for the agent, take the work or give it. */
import { get, post } from "../base/api.js";
import { button } from "../base/button.js";
import { h, fill, patch, set, text } from "../base/dom.js";
import { field } from "../base/field.js";
import { clock, date, has, t } from "../base/i18n.js";
import { failed, loading } from "../base/states.js";
import { failure, toast } from "../base/toast.js";
import { channelName, liveState } from "./drill.js";
import { assign, requeue, takeOver } from "./orders.js";

const PAGE = 50;
const DELIVERIES = new Set(["delivered", "read", "failed", "queued", "sent"]);

/**
 * @param {number} conversation
 * @param {any} house what the page knows and can: label, agent, me, board, rules, follow, open, title
 * @returns {import("./drawer.js").View & {heard: (fact: any) => void}}
 */
export function look(conversation, house) {
  /** @type {any[]} */ let said = [];
  let item = null;
  let name = t("dashboard.conversation", { id: String(conversation) });
  let stopped = false;
  let present = Date.now();
  let again = 0;
  const state = h("p", { class: "grow" });
  const chips = h("div", { class: "row wraps" });
  const orders = h("div", { class: "row wraps" });
  const whyNot = h("p", { class: "small muted" });
  const earlier = button({ label: t("dashboard.look.earlier"), kind: "small", run: showEarlier });
  const lines = h("ol", { class: "plain lines", "aria-label": t("dashboard.look.said"), tabindex: 0 });
  const note = field({ label: t("dashboard.look.note"), name: "note", lines: 2, hint: t("dashboard.look.note_hint"), maxlength: 16384 });
  const form = h("form", { class: "stack close", onsubmit: send }, note, h("div", { class: "row ends" }, button({ label: t("dashboard.look.note_send"), icon: "note", type: "submit", kind: "primary" })));
  const node = h("div", { class: "stack look" }, loading(6));

  async function begin() {
    house.follow(conversation);
    try {
      const { conversation: told } = await readItem();
      const after = Math.max(0, told.last_number - PAGE);
      const [page, customer] = await Promise.all([
        get(`/v1/conversations/${conversation}/interactions`, { after, limit: PAGE }),
        get(`/v1/customers/${told.customer}`).catch(() => null),
      ]);
      if (stopped) return;
      name = customer?.profile?.name ?? t("dashboard.customer", { id: String(told.customer) });
      house.title(name);
      add(page.items);
      fill(node, h("div", { class: "row" }, state), chips, orders, whyNot, earlier, lines, form);
      draw();
      lines.scrollTop = lines.scrollHeight;
    } catch (problem) {
      if (!stopped) fill(node, failed(problem, begin));
    }
  }

  async function readItem() {
    const told = await get(`/v1/conversations/${conversation}`);
    item = told.item;
    return told;
  }

  function add(more) {
    const known = new Map(said.map((one) => [one.number, one]));
    for (const one of more) known.set(one.number, { ...known.get(one.number), ...one });
    said = [...known.values()].sort((a, b) => a.number - b.number);
  }

  async function showEarlier() {
    const first = said[0].number;
    const after = Math.max(0, first - 1 - PAGE);
    const from = lines.scrollHeight - lines.scrollTop;
    const page = await get(`/v1/conversations/${conversation}/interactions`, { after, limit: first - 1 - after }).catch(failure);
    if (!page?.items) return;
    add(page.items);
    draw();
    lines.scrollTop = lines.scrollHeight - from;
  }

  function draw() {
    drawHead();
    set(earlier, { hidden: !said.length || said[0].number <= 1 });
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
    patch(lines, said, { key: (one) => one.number, make: line, update: updateLine });
    if (atEnd) lines.scrollTop = lines.scrollHeight;
  }

  function drawHead() {
    text(state, item ? liveState(shownItem(), house) : t("dashboard.look.over"));
    const waited = item && clock(present - Date.parse(item.waiting_since));
    fill(chips, item && [h("span", { class: "chip" }, house.label(item.queue)), h("span", { class: "chip" }, channelName(item.channel)), h("span", { class: "chip" }, t("dashboard.look.since", { time: waited }))]);
    const mine = house.board().agents.get(house.me.id);
    const canTake = Boolean(item) && mine && mine.presence !== "offline" && item.owner !== house.me.id && item.state !== "wrapup";
    const can = Boolean(item) && item.state !== "wrapup";
    if (!orders.children.length) {
      orders.append(
        button({ label: t("dashboard.do.take"), icon: "accept", run: () => ordered(takeOver(item, house)), id: "look-take" }),
        button({ label: t("dashboard.do.give"), icon: "transfer", run: () => ordered(assign(item, house)), id: "look-give" }),
        button({ label: t("dashboard.do.requeue"), icon: "list", run: () => ordered(requeue(item, house)), id: "look-requeue" }),
        button({ label: t("dashboard.why"), icon: "help", kind: "quiet", run: () => house.open({ kind: "why", item: item.id }), id: "look-why" }),
      );
    }
    const [take, give, back, why] = orders.children;
    set(take, { disabled: !canTake });
    set(give, { disabled: !can });
    set(back, { disabled: !can });
    set(why, { disabled: !item });
    const reason = !item || item.owner === house.me.id ? "" : !mine ? t("dashboard.take.no_agent") : mine.presence === "offline" ? t("dashboard.take.offline") : "";
    text(whyNot, reason);
    set(whyNot, { hidden: !reason });
  }

  /** The item as the lists of the board have it. */
  function shownItem() {
    const waiting = house.board().waiting.get(item.id);
    return { ...item, agent: item.owner, offered_to: waiting?.offered_to ?? null };
  }

  async function ordered(doing) {
    try {
      if ((await doing) === null) return;
    } catch (problem) {
      failure(problem);
    }
    refresh();
  }

  async function send(event) {
    event.preventDefault();
    const words = note.input.value.trim();
    if (!words) return note.fail(t("state.required"));
    const button = event.submitter ?? form.querySelector("button");
    set(button, { disabled: true });
    try {
      await post(`/v1/conversations/${conversation}/notes`, { text: words });
      note.input.value = "";
      toast(t("dashboard.look.noted"), { kind: "good" });
    } catch (problem) {
      note.fail(problem.detail ?? String(problem));
    } finally {
      set(button, { disabled: false });
    }
  }

  /** The work changed hands: what is shown of it is read again, once for several facts. */
  function refresh() {
    clearTimeout(again);
    again = setTimeout(() => readItem().then(() => !stopped && draw(), () => {}), 150);
  }

  begin();
  return {
    title: name,
    node,
    stop() {
      stopped = true;
      clearTimeout(again);
      house.follow(null);
    },
    tick(now) {
      present = now;
      if (said.length) drawHead();
    },
    heard(fact) {
      if (fact.conversation !== conversation || stopped) return;
      if (fact.fact === "InteractionAppended") add([{ ...fact.said, author_name: house.board().agents.get(fact.said.author_id)?.name }]);
      else if (fact.fact === "DeliveryChanged") said = said.map((one) => delivered(one, fact));
      else if (fact.fact !== "ConversationRead") return refresh();
      if (said.length) draw();
    },
  };
}

/** All outbound ones to the same identity, up to that number, stand there now. */
function delivered(one, { identity_id: to, identity, up_to: upTo, delivery }) {
  const mine = one.direction === "outbound" && (one.identity_id ?? one.identity) === (to ?? identity) && one.number <= upTo;
  return mine ? { ...one, delivery } : one;
}

function line(one) {
  const who = one.author_kind === "agent" && one.author_name ? one.author_name : t(`author.${one.author_kind}`);
  const kind = one.kind === "note" ? "note" : one.author_kind;
  const parts = { delivery: h("span") };
  const meta = h("p", { class: "tiny muted row" }, h("b", null, one.kind === "note" ? t("dashboard.look.note_by", { who }) : who),
    one.direction !== "internal" && h("span", null, channelName(one.channel)), h("time", { datetime: one.occurred_at, title: date(one.occurred_at, "full") }, date(one.occurred_at, "time")), parts.delivery);
  const files = (one.parts ?? []).filter((part) => part.name).map((part) => h("span", { class: "chip" }, part.name));
  return Object.assign(h("li", { class: `line ${kind}` }, meta, h("p", { class: "said" }, one.text), files), { parts });
}

function updateLine({ parts }, one) {
  const words = one.delivery && DELIVERIES.has(one.delivery) && has(`dashboard.delivery.${one.delivery}`) ? t(`dashboard.delivery.${one.delivery}`) : "";
  text(parts.delivery, words);
  set(parts.delivery, { class: one.delivery === "failed" ? "bad" : "" });
}
