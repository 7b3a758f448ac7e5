// Who else works here, for transfers, for notes and for reasons: asked of the server when it is needed.

import {get} from "../base/api.js";

/**
 * @param {string} name a part of it, or nothing
 * @returns {Promise<Array<{id: number, login: string, name: string, presence: string}>>} whoever is available first
 */
export const colleagues = async (name) => (await get("/v1/colleagues", {q: name || null, limit: 50})).items;

/** A colleague's name; null where nobody has that number any more. @param {number} id @returns {Promise<string|null>} */
export const colleagueName = async (id) => (await get("/v1/colleagues", {id})).items[0]?.name ?? null;
