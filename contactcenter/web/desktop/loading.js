// What the stream does not bring is read over the API: pages of a conversation, its tags and length,
// and the customer. Each thing is asked for once at a time; what fails is asked for again when it is
// looked at again.

import * as api from "../base/api.js";
import {talkOf} from "./state.js";

const PAGE = 100;

/** @param {ReturnType<typeof import("./store.js").createStore>} store */
export function createLoading(store) {
  const asking = new Set();
  const failures = new Map();

  async function once(what, read) {
    if (asking.has(what)) return;
    asking.add(what);
    try {
      await read();
      failures.delete(what);
    } catch (problem) {
      failures.set(what, problem);
    } finally {
      asking.delete(what);
      store.redraw();
    }
  }

  async function readPage(conversation, page) {
    const after = page * PAGE;
    const answer = await api.get(`/v1/conversations/${conversation}/interactions?after=${after}&limit=${PAGE}`);
    store.dispatch({type: "our-page", conversation, items: answer.items});
  }

  return {
    /** How long the conversation is, its tags, its work, and its end. */
    conversation(id) {
      return once(`conversation ${id}`, async () => {
        const found = await api.get(`/v1/conversations/${id}`);
        store.dispatch({type: "our-conversation", ...found});
        const last = Math.max(0, found.conversation.last_number - 1);
        await readPage(id, Math.floor(last / PAGE));
      });
    },

    /** The lines from `first` to `last` (indices), where they are not there yet. */
    lines(id, first, last) {
      const {lines} = talkOf(store.state, id);
      for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) {
        const end = Math.min((page + 1) * PAGE, lines.length, last + 1);
        for (let n = Math.max(page * PAGE, first); n < end; n++) {
          if (lines[n] && !unnamed(store.state, lines[n])) continue;
          once(`page ${id} ${page}`, () => readPage(id, page));
          break;
        }
      }
    },

    failure: (id) => failures.get(`conversation ${id}`) ?? null,
    busy: (id) => asking.has(`conversation ${id}`),
  };
}

/** A colleague's words whose name was never read: the stream knows people by their numbers. */
const unnamed = (state, line) =>
  line.author_kind === "agent" && line.author_id !== null && !(line.author_id in state.names);
