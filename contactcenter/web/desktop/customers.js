// What was read of customers: kept while the page is open, the least needed of many forgotten, and read
// anew when somebody changes it.

import * as api from "../base/api.js";
import {itemIn, talkOf} from "./state.js";

const KEPT_MAX = 50;
const HISTORY = 20;
const CHANGES = new Set(["CustomerChanged", "CustomersMerged", "CustomersUnmerged"]);

/** @param {import("./store.js").Store} store */
export function createCustomers(store) {
  const known = new Map(); // id asked for -> {all, suggested} or {problem}
  const asking = new Set();
  const again = new Set(); // changed while they were read

  async function load(id) {
    if (asking.has(id)) return again.add(id);
    asking.add(id);
    try {
      const [all, suggested] = await Promise.all([
        api.get(`/v1/customers/${id}`, {limit: HISTORY}),
        api.get(`/v1/customers/${id}/merge-suggestions`).catch(() => ({items: []})), // not for everybody
      ]);
      put(id, {all, suggested: suggested.items});
      store.dispatch({type: "our-customer", id, profile: all.profile});
    } catch (problem) {
      put(id, {...known.get(id), problem});
    } finally {
      asking.delete(id);
      store.redraw();
      if (again.delete(id)) load(id);
    }
  }

  /** The same as before stays the very same: nothing is drawn anew for it. */
  function put(id, entry) {
    const before = known.get(id);
    known.delete(id);
    known.set(id, JSON.stringify(before) === JSON.stringify(entry) ? before : entry);
    for (const oldest of known.keys()) {
      if (known.size <= KEPT_MAX) return;
      known.delete(oldest);
    }
  }

  const idIn = (conversation) =>
    itemIn(store.state, conversation)?.customer ?? talkOf(store.state, conversation).about?.customer ?? null;

  /** After something was done to them, whether it was refused or not. */
  const then = (id) => async (done) => {
    try {
      return await done;
    } finally {
      await load(id);
    }
  };

  return {
    load,
    idIn,
    /** {all, suggested, problem}: the same object for as long as nothing is another. */
    entry: (id) => known.get(id) ?? null,
    of: (id) => known.get(id)?.all ?? null,
    /** The name of whose conversation it is, where we know it. */
    nameIn: (conversation) => known.get(idIn(conversation))?.all?.profile.name ?? null,

    /** Read anew whom a fact of the stream is about. @param {object} fact */
    heard(fact) {
      if (!CHANGES.has(fact.fact)) return;
      const about = [fact.customer, fact.into, fact.out_of].filter(Boolean);
      const ids = new Set(Object.values(store.state.items).map((item) => item.customer).filter((id) => about.includes(id)));
      for (const [id, {all}] of known) {
        if (about.some((one) => one === id || one === all?.id || all?.merged.some((m) => m.id === one))) ids.add(id);
      }
      for (const id of ids) load(id);
    },

    /** Change fields of the profile; refused where somebody else has changed them meanwhile. */
    edit: (id, change, expected) => then(id)(api.patch(`/v1/customers/${id}`, {...change, expected})),
    tag: (id, tag) => then(id)(api.put(`/v1/customers/${id}/tags/${encodeURIComponent(tag)}`)),
    untag: (id, tag) => then(id)(api.del(`/v1/customers/${id}/tags/${encodeURIComponent(tag)}`)),
    merge: (loser, winner) => then(winner)(then(loser)(api.post(`/v1/customers/${loser}/merge`, {into: winner}))),
    unmerge: (former, from) => then(from)(then(former)(api.post(`/v1/customers/${former}/unmerge`))),
    spam: (id) => then(id)(api.put(`/v1/customers/${id}/spam`)),
    notSpam: (id) => then(id)(api.del(`/v1/customers/${id}/spam`)),
    block: (id, identity) => then(id)(api.put(`/v1/customers/${id}/identities/${identity}/block`)),
    unblock: (id, identity) => then(id)(api.del(`/v1/customers/${id}/identities/${identity}/block`)),
    dismiss: (id, other) => then(id)(api.put(`/v1/customers/${id}/merge-suggestions/${other}/dismissal`)),
    recall: (id, other) => then(id)(api.del(`/v1/customers/${id}/merge-suggestions/${other}/dismissal`)),
    start: (id, start) => then(id)(api.post(`/v1/customers/${id}/conversations`, start)),
  };
}
