// What the agent has begun to write, per conversation: kept when they look elsewhere, and on the
// server, so that it is there on the next desktop too. A reply and a note are begun apart from each
// other; the server has the one of them that is being written.

import * as api from "../base/api.js";

const SAVE_MS = 800;
const RETRY_MS = 5000;

/**
 * @typedef {{mode: "reply"|"note", reply: string, note: string, connection: number|null,
 *   start: number, end: number, saved: "no"|"yes"|"failed"}} Draft
 */

const NONE = {mode: "reply", reply: "", note: "", connection: null, start: 0, end: 0, saved: "no"};

/**
 * @param {number} person whose they are
 * @param {() => void} changed is called when something is saved, or was read
 */
export function createDrafts(person, changed) {
  const all = new Map();
  const timers = new Map();
  const saving = new Map(); // conversation -> the promise of a save that is on its way

  const of = (conversation) => all.get(conversation) ?? NONE;
  const path = (conversation) => `/v1/conversations/${conversation}/draft`;

  function put(conversation, change) {
    const draft = {...of(conversation), ...change};
    if (!draft.reply && !draft.note && draft.mode === "reply" && !draft.connection) all.delete(conversation);
    else all.set(conversation, draft);
    return draft;
  }

  function later(conversation, ms) {
    clearTimeout(timers.get(conversation));
    timers.set(conversation, setTimeout(() => save(conversation), ms));
  }

  async function save(conversation) {
    timers.delete(conversation);
    if (saving.has(conversation)) return later(conversation, SAVE_MS);
    const {mode, [mode]: text} = of(conversation);
    const done = text ? api.put(path(conversation), {text, kind: mode}) : api.del(path(conversation));
    saving.set(conversation, done);
    try {
      await done;
      if (of(conversation)[mode] === text) put(conversation, {saved: text ? "yes" : "no"});
    } catch (problem) {
      put(conversation, {saved: "failed"});
      if (problem.status === 0 || problem.status >= 500) later(conversation, RETRY_MS);
    } finally {
      saving.delete(conversation);
      changed();
    }
  }

  /** What the server could not take when the page ended, as when one was signed out: of this tab alone. */
  function readLeft() {
    const left = JSON.parse(sessionStorage.getItem(`drafts ${person}`) ?? "{}");
    sessionStorage.removeItem(`drafts ${person}`);
    for (const [conversation, draft] of Object.entries(left)) {
      put(Number(conversation), draft);
      later(Number(conversation), SAVE_MS);
    }
  }

  function leave() {
    const left = [...all].filter(([, {saved, reply, note}]) => (saved !== "yes" ? reply || note : reply && note));
    if (left.length > 0) sessionStorage.setItem(`drafts ${person}`, JSON.stringify(Object.fromEntries(left)));
  }

  async function read() {
    const {items} = await api.get("/v1/drafts", {limit: 200});
    for (const {conversation, kind, text} of items) {
      if (!all.has(conversation)) put(conversation, {mode: kind, [kind]: text, start: text.length, end: text.length, saved: "yes"});
    }
    changed();
  }

  readLeft();
  addEventListener("pagehide", () => {
    leave();
    for (const [conversation, timer] of timers) {
      clearTimeout(timer);
      const {mode, [mode]: text} = of(conversation);
      if (text) api.ask(path(conversation), {method: "PUT", keepalive: true, body: JSON.stringify({text, kind: mode}), headers: {"Content-Type": "application/json"}}).catch(() => {});
    }
  });

  return {
    of,
    read: () => read().catch(() => {}), // without it one begins with empty fields
    change(conversation, change) {
      const words = "reply" in change || "note" in change;
      if (words) later(conversation, SAVE_MS);
      return put(conversation, words ? {...change, saved: "no"} : change);
    },
    /** Let the server have it as it is here. */
    again: (conversation) => later(conversation, 0),
    /** It was sent: with that the server has forgotten it, but for a save that comes late. */
    async sent(conversation, mode) {
      clearTimeout(timers.get(conversation));
      timers.delete(conversation);
      put(conversation, {[mode]: "", start: 0, end: 0, saved: "no"});
      const late = saving.get(conversation);
      if (!late) return;
      await late.catch(() => {});
      if (!of(conversation)[mode]) save(conversation);
    },
  };
}
