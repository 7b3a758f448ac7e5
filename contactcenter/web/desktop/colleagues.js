// Who else works here, for transfers and for notes: asked of the server as a name is written.

import {get} from "../base/api.js";

/**
 * @param {string} name a part of it, or nothing
 * @returns {Promise<Array<{id: number, login: string, name: string, presence: string}>>} whoever is available first
 */
export const colleagues = async (name) => (await get("/v1/colleagues", {q: name || null, limit: 50})).items;
