// Who else works here, for transfers and mentions: read when it is needed, and kept for a minute.

import {get} from "../base/api.js";

const KEPT_MS = 60_000;
let readAt = 0;
let reading = null;

/** @returns {Promise<Array<{id: number, name: string, presence: string}>>} */
export function colleagues() {
  if (!reading || Date.now() - readAt > KEPT_MS) {
    readAt = Date.now();
    reading = get("/v1/colleagues").then((page) => page.items);
    reading.catch(() => { reading = null; });
  }
  return reading;
}
