// What the agent has begun to write, per conversation: kept when they look elsewhere, and in this
// browser when the page goes. A reply and a note are begun apart from each other.

import {keep, kept} from "../base/kept.js";

/**
 * @typedef {{mode: "reply"|"note", reply: string, note: string, connection: number|null,
 *   start: number, end: number}} Draft
 */

const NONE = {mode: "reply", reply: "", note: "", connection: null, start: 0, end: 0};

/** @returns {{of: (conversation: number) => Draft, change: (conversation: number, change: object) => Draft}} */
export function createDrafts() {
  const all = new Map();
  const name = (conversation) => `draft ${conversation}`;

  function of(conversation) {
    if (!all.has(conversation)) all.set(conversation, {...NONE, ...parsed(kept(name(conversation)))});
    return all.get(conversation);
  }

  return {
    of,
    change(conversation, change) {
      const draft = {...of(conversation), ...change};
      all.set(conversation, draft);
      const empty = !draft.reply && !draft.note;
      keep(name(conversation), empty ? null : JSON.stringify({reply: draft.reply, note: draft.note, mode: draft.mode}));
      return draft;
    },
  };
}

function parsed(json) {
  try {
    return JSON.parse(json ?? "{}");
  } catch {
    return {};
  }
}
