/** The HTTP API: JSON in, JSON out, and what is refused as a `Problem`. */
import { has, language, t } from "./i18n.js";
import { sync } from "./time.js";

/** What the API refuses (RFC 9457), or what kept it from answering: then `status` is 0. */
export class Problem extends Error {
  /** @param {{type?: string, title?: string, status?: number, detail?: string, pointer?: string, retry_after_s?: number, context?: any}} told */
  constructor(told) {
    super(told.detail ?? told.title);
    this.type = told.type ?? "about:blank";
    this.title = told.title ?? t("problem.title");
    this.status = told.status ?? 0;
    this.pointer = told.pointer ?? null;
    this.retryAfter = told.retry_after_s ?? null;
    this.context = told.context ?? {};
    /** All faults of a document. @type {{path: string, line: number, message: string}[]} */
    this.errors = told.errors ?? [];
    /** The end of the type, by which programs go, as in "link-used". */
    this.code = this.type.slice(this.type.lastIndexOf(":") + 1);
    // The server speaks English; what it often says has words in the other languages too.
    const key = `problem.${this.code}`;
    this.detail = language() !== "en" && has(key) ? t(key) : (told.detail ?? this.title);
  }
}

/** @param {string} path @param {Record<string, any>} [query] null and undefined are left out @param {RequestInit} [more] */
export function get(path, query = {}, more = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return ask(search ? `${path}?${search}` : path, more);
}
/** @param {string} path @param {any} [body] */
export const post = (path, body) => ask(path, { method: "POST", ...json(body) });
/** @param {string} path @param {any} [body] */
export const put = (path, body) => ask(path, { method: "PUT", ...json(body) });
/** @param {string} path @param {any} [body] */
export const patch = (path, body) => ask(path, { method: "PATCH", ...json(body) });
/** @param {string} path @param {any} [body] */
export const del = (path, body) => ask(path, { method: "DELETE", ...json(body) });

/**
 * Any request, as for the bytes of a file: `ask("/v1/files", {method: "POST", body: blob})`.
 * @param {string} path @param {RequestInit} [how] @returns {Promise<any>} null where nothing is answered
 */
export async function ask(path, how = {}) {
  const answer = await reach(path, how);
  sync(answer.headers.get("Date"));
  const body = await read(answer);
  if (answer.ok) return body;
  const problem = new Problem({ status: answer.status, ...body });
  if (SIGNED_OUT.has(problem.code)) for (const tell of listeners) tell(problem);
  throw problem;
}

/** Call `listener` whenever a request is refused since nobody is signed in (any more). @param {(problem: Problem) => void} listener */
export const onSignedOut = (listener) => void listeners.add(listener);

const listeners = new Set();
const SIGNED_OUT = new Set(["not-signed-in", "expired"]);

const json = (body) =>
  body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };

async function reach(path, how) {
  try {
    return await fetch(path, { credentials: "same-origin", ...how });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ type: "urn:contactcenter:problem:network", detail: t("problem.network") });
  }
}

async function read(answer) {
  const text = await answer.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({ status: answer.status, detail: t("problem.not_json") });
  }
}
