/**
 * A socket that is always there: `/v1/desktop` or `/v1/board` (docs/desktop-protocol.md).
 *
 *   connecting ── welcome ──► live ── closed ──► reconnecting ── welcome ──► live
 *                              └── 4401 ──► signed-out     └── 4400, 4403 ──► refused
 *
 * Events reach the page in order and without a gap. A command is answered once: it is sent again
 * under its id on each new connection, until there is an answer.
 */
import { get, Problem } from "./api.js";

/** @typedef {"connecting" | "live" | "reconnecting" | "signed-out" | "refused"} State */

const VERSION = 1;
const CLOSED = { RESTART: 1012, VERSION: 4400, REVOKED: 4401, REFUSED: 4403, TOO_FAST: 4429 };
const DELAY_MS = 500;
const DELAY_MS_MAX = 15_000;
/** After so long without a frame, or without an answer, we ask whether anybody is there. */
const SILENCE_MS = 45_000;
const ANSWER_MS = 6_000;

/**
 * @param {string} path
 * @param {{
 *   frame: (frame: any) => void,
 *   state?: (state: State, problem: Problem | null, retryAt: number | null) => void,
 *   resumes?: boolean,
 * }} page `frame` gets each `welcome`, `event`, `typing` and `problem`; `state` each change, and when
 *   (in ms of this browser) it is tried again; `resumes: false`: it always begins with a snapshot, as a board does
 */
export const connect = (path, page) => new Stream(path, page);

export class Stream {
  /** @type {WebSocket | null} */ #socket = null;
  /** @type {number | null} the last number that the page has */ #seq = null;
  /** @type {State} */ #state = "connecting";
  /** @type {Problem | null} */ #problem = null;
  /** Commands without an answer, by id, in the order in which they were given. */ #asked = new Map();
  #failures = 0;
  #flowing = false;
  #heardAt = 0;
  #timer = 0;
  #watch = 0;

  constructor(path, page) {
    this.#path = path;
    this.#page = page;
    this.#watch = setInterval(() => this.#look(), 2_000);
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#open();
  }
  #path;
  #page;

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /**
   * Ask for something: `send({type: "accept", offer})`. The promise is kept also over reconnects.
   * @param {Record<string, any>} command @returns {Promise<any>} its result; fails with a `Problem`
   */
  send(command) {
    if (this.#state === "signed-out" || this.#state === "refused") {
      return Promise.reject(this.#problem ?? new Problem({}));
    }
    const id = command.id ?? newId();
    return new Promise((resolve, reject) => {
      const one = { frame: { ...command, id }, resolve, reject, saidAt: 0 };
      this.#asked.set(id, one);
      if (this.#flowing) this.#ask(one);
    });
  }

  /** Say what has no answer, as `typing`; lost where there is no connection. @param {Record<string, any>} frame */
  say(frame) {
    if (this.#flowing) this.#put(frame);
  }

  /** Begin with a snapshot, as when the rulebook is another. */
  renew() {
    this.#seq = null;
    if (this.#flowing) this.#hello();
  }

  /** The end: nothing more is tried. */
  close() {
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#drop();
  }

  #open() {
    clearTimeout(this.#timer);
    this.#drop();
    const socket = new WebSocket(new URL(this.#path, location.href.replace(/^http/, "ws")));
    this.#socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#hello();
    };
    socket.onmessage = ({ data }) => this.#heard(JSON.parse(data));
    socket.onclose = ({ code }) => this.#closed(code, opened);
    this.#heardAt = performance.now();
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    this.#flowing = false;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #hello() {
    this.#flowing = false;
    const anew = this.#seq === null || this.#page.resumes === false;
    this.#put(anew ? { type: "hello", version: VERSION } : { type: "hello", version: VERSION, resume: this.#seq });
  }

  #put(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #ask(one) {
    one.saidAt = performance.now();
    this.#put(one.frame);
  }

  #heard(frame) {
    this.#heardAt = performance.now();
    switch (frame.type) {
      case "welcome":
        return this.#begun(frame);
      case "event":
        return this.#event(frame);
      case "answer":
        return this.#answered(frame);
      case "problem":
        this.#problem = new Problem(frame.problem);
        return this.#page.frame(frame);
      default:
        return this.#page.frame(frame);
    }
  }

  #begun(frame) {
    // What was snapshotted is newer than what we have, or it is what we have.
    this.#seq = frame.seq;
    this.#flowing = true;
    this.#failures = 0;
    this.#problem = null;
    this.#page.frame(frame);
    this.#become("live");
    for (const one of this.#asked.values()) this.#ask(one);
  }

  #event(frame) {
    if (!this.#flowing || frame.seq <= this.#seq) return;
    if (frame.prev !== this.#seq) return this.#hello();
    this.#seq = frame.seq;
    this.#page.frame(frame);
  }

  #answered(frame) {
    const one = this.#asked.get(frame.id);
    if (!one) return;
    this.#asked.delete(frame.id);
    if (frame.ok) one.resolve(frame.result);
    else one.reject(new Problem(frame.problem));
  }

  async #closed(code, opened) {
    this.#socket = null;
    this.#flowing = false;
    if (code === CLOSED.REVOKED) return this.#end("signed-out");
    if (code === CLOSED.REFUSED || code === CLOSED.VERSION) return this.#end("refused");
    this.#failures += 1;
    const most = Math.min(DELAY_MS_MAX, DELAY_MS * 2 ** (this.#failures - 1));
    // Where all are sent away at once, they do not all come back at once.
    let delay = most * (0.5 + Math.random() / 2);
    if (code === CLOSED.RESTART && this.#failures === 1) delay = Math.random() * DELAY_MS;
    if (code === CLOSED.TOO_FAST) delay = DELAY_MS_MAX;
    this.#timer = setTimeout(() => this.#open(), delay);
    this.#become("reconnecting", Date.now() + delay);
    // A handshake that is refused looks to us like a network that is gone: ask why.
    if (!opened && (await refusal())) this.#end("signed-out");
  }

  #end(state) {
    this.close();
    this.#problem ??= new Problem({ status: state === "refused" ? 403 : 401 });
    this.#become(state);
    for (const one of this.#asked.values()) one.reject(this.#problem);
    this.#asked.clear();
  }

  #become(state, retryAt = null) {
    if (state === this.#state && state === "live") return;
    this.#state = state;
    this.#page.state?.(state, this.#problem, retryAt);
  }

  /** The network is back, or the person: do not wait for the timer. */
  #hurry = () => {
    if (document.visibilityState === "hidden") return;
    if (this.#state === "reconnecting" && !this.#socket) this.#open();
    else if (this.#flowing && performance.now() - this.#heardAt > 10_000) this.#hello();
  };

  /** A connection that died without a word is found out by asking, and then left. */
  #look() {
    if (!this.#socket) return;
    const present = performance.now();
    const silent = present - this.#heardAt;
    const late = [...this.#asked.values()].some((one) => one.saidAt && present - one.saidAt > ANSWER_MS);
    if (!this.#flowing) {
      if (silent > ANSWER_MS) this.#closed(0, this.#leave());
    } else if (silent > SILENCE_MS || (late && silent > ANSWER_MS)) {
      this.#heardAt = present;
      this.#hello();
    }
  }

  #leave() {
    this.#drop();
    return true;
  }
}

/** Whether we are signed out. What cannot be asked is not known: false. */
async function refusal() {
  try {
    await get("/v1/me");
    return false;
  } catch (problem) {
    return problem instanceof Problem && problem.status === 401;
  }
}

/** Unique for the person; `crypto.randomUUID` is not there on plain http. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
