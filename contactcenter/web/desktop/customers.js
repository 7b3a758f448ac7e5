// What was read of customers: kept while the page is open, the least needed of many forgotten.

import * as api from "../base/api.js";
import {itemIn, talkOf} from "./state.js";

const KEPT_MAX = 50;
const HISTORY = 20;

/** @param {import("./store.js").Store} store */
export function createCustomers(store) {
  const known = new Map(); // id asked for -> {all} or {problem}
  const asking = new Set();

  async function load(id) {
    if (asking.has(id)) return;
    asking.add(id);
    try {
      put(id, {all: await api.get(`/v1/customers/${id}`, {limit: HISTORY})});
      const {all} = known.get(id);
      store.dispatch({type: "our-customer", id, profile: all.profile});
    } catch (problem) {
      put(id, {...known.get(id), problem});
    } finally {
      asking.delete(id);
      store.redraw();
    }
  }

  function put(id, entry) {
    known.delete(id);
    known.set(id, entry);
    for (const oldest of known.keys()) {
      if (known.size <= KEPT_MAX) return;
      known.delete(oldest);
    }
  }

  const idIn = (conversation) =>
    itemIn(store.state, conversation)?.customer ?? talkOf(store.state, conversation).about?.customer ?? null;

  return {
    load,
    idIn,
    of: (id) => known.get(id)?.all ?? null,
    problemOf: (id) => known.get(id)?.problem ?? null,
    /** The name of whose conversation it is, where we know it. */
    nameIn: (conversation) => known.get(idIn(conversation))?.all?.profile.name ?? null,

    /** Change fields of the profile; refused where somebody else has changed them meanwhile. */
    async edit(id, change, expected) {
      await api.patch(`/v1/customers/${id}`, {...change, expected});
      await load(id);
    },
    async tag(id, tag) {
      await api.put(`/v1/customers/${id}/tags/${encodeURIComponent(tag)}`);
      await load(id);
    },
    async untag(id, tag) {
      await api.del(`/v1/customers/${id}/tags/${encodeURIComponent(tag)}`);
      await load(id);
    },
    async merge(loser, winner) {
      await api.post(`/v1/customers/${loser}/merge`, {into: winner});
      await Promise.all([load(loser), load(winner)]);
    },
    async unmerge(former, from) {
      await api.post(`/v1/customers/${former}/unmerge`);
      await load(from);
    },
  };
}
