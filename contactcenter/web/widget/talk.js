/**
 * The conversation: one socket that comes back by itself, and messages that are sent again under the
 * same id until they are answered.
 */
import { accountOf, ask, Refused, session, signOut } from "./session.js";
import { EMPTY, fold, unconfirmed, unread } from "./state.js";

const WAIT_S = [1, 2, 4, 8, 16, 30];
const LOOK_MS = 5_000;
/** Without a word for so long we ask whether somebody is there; sooner while we wait for an answer. */
const SILENT_MS = 30_000, WAITING_MS = 8_000;
const TYPING_MS = 2_000, TYPED_MS = 5_000;

const MINUTE_MS = 60_000, DAY_MS = 86_400_000;

/**
 * @param {import("./settings.js").Settings} settings
 * @param {ReturnType<import("./store.js").store>} kept
 * @param {(state: import("./state.js").State, unread: number) => void} changed
 * @param {(name: string, detail?: any) => void} tell the host's page
 */
export function talk(settings, kept, changed, tell) {
  let state = EMPTY;
  let socket = null, held = null, busy = false, wanted = false;
  let tries = 0, timer, quiet, turn, heard = 0, asked = 0, typed = 0;

  addEventListener("online", () => connect());
  addEventListener("offline", () => drop("offline"));
  addEventListener("pageshow", (event) => event.persisted && connect());
  document.addEventListener("visibilitychange", () => document.hidden || connect());
  setInterval(look, LOOK_MS);

  /** Whether people answer now; asked again when that changes. */
  async function hours() {
    clearTimeout(turn);
    const path = `hours?connection=${encodeURIComponent(settings.connection)}`;
    const now = await ask(settings.house, "GET", path).then((answer) => answer.json(), () => null);
    if (!now) return; // asked again when the chat is opened again
    put({ type: "hours", opens_at: now.opens_at });
    const changes = Date.parse(now.opens_at ?? now.closes_at);
    if (changes) turn = setTimeout(hours, Math.min(Math.max(changes - Date.now(), MINUTE_MS), DAY_MS));
  }

  function put(frame) {
    state = fold(state, frame);
    changed(state, unread(state).length);
  }

  function link(name) {
    if (state.link !== name) put({ type: "link", link: name });
  }

  async function connect() {
    if (!wanted || busy || socket || state.link === "refused") return;
    clearTimeout(timer);
    if (!navigator.onLine) return link("offline"); // we are told when it is back
    busy = true;
    link(state.known || tries ? "reconnecting" : "connecting");
    try {
      do await fit();
      while (held.account !== accountOf(settings.jwt)); // another signed in meanwhile
      arrive();
      open();
    } catch (refusal) {
      turnedAway(refusal);
    } finally {
      busy = false;
    }
  }

  /** A session for whom the page speaks for now; what the former has left unanswered goes first. */
  async function fit() {
    const former = held;
    if (former && former.account === null && settings.jwt) await deliver(former);
    held = await session(settings, kept);
    if (former?.token === held.token) return;
    const outgoing = kept.all("out:").filter((one) => one.account === held.account);
    outgoing.sort((one, other) => (one.at < other.at ? -1 : 1));
    put({ type: "begin", outgoing: outgoing.map((one) => (stale(one, former) ? { ...one, status: "failed" } : one)) });
  }

  /** What may have been taken in a session that is over, or is of another day, is sent if they say so. */
  function stale(one, former) {
    return former?.account === held.account || Date.now() - Date.parse(one.at) > DAY_MS;
  }

  async function deliver(former) {
    for (const one of state.outgoing.filter((one) => one.status === "sending")) {
      const { type: _, ...body } = words(one);
      await ask(settings.house, "POST", "messages", { token: former.token, body }).catch((refusal) => {
        if (passes(refusal)) throw refusal;
      });
      kept.forget(`out:${one.key}`);
    }
  }

  function open() {
    const one = (socket = new WebSocket(`${settings.house.replace("http", "ws")}v1/visitor/socket`));
    heard = Date.now();
    one.onopen = () => send({ type: "hello", version: 1, token: held.token, after: state.position });
    one.onmessage = ({ data }) => socket === one && hear(JSON.parse(data));
    one.onclose = ({ code }) => socket === one && closed(code);
  }

  function hear(frame) {
    heard = Date.now();
    asked = 0;
    if (frame.type === "ping") return send({ type: "pong" });
    if (frame.type === "sent") kept.forget(`out:${frame.client_msg_id}`);
    if (frame.type === "satisfaction" && kept.get("rated") === frame.item) return;
    put(frame);
    if (frame.type === "welcome") welcomed();
    if (frame.type === "typing") {
      clearTimeout(quiet);
      quiet = setTimeout(() => put({ type: "quiet" }), TYPED_MS);
    }
    if (state.link === "live") for (const receipt of unconfirmed(state, "delivered")) confirm(receipt);
    remember();
  }

  function welcomed() {
    tries = 0;
    confirmed.clear(); // what was told to a connection that died is told again
    link("live");
    for (const one of state.outgoing) if (one.status === "sending") send(words(one));
  }

  /** Whether there is something to come back for, when the next page is opened. */
  function remember() {
    const talks = !!state.conversation?.open || unread(state).length > 0;
    if (held.talks === talks) return;
    held.talks = talks;
    kept.put(held.account === null ? "guest" : "account", held);
  }

  function closed(code) {
    socket = null;
    if (code === 4401) ended();
    if (code === 4400 || code === 4403) return refused(`the socket was closed (${code})`);
    later(code === 4429 ? 30 : 0);
  }

  /** Another tab may have a new session by now: then that one is taken up. */
  function ended() {
    const slot = held.account === null ? "guest" : "account";
    if (kept.get(slot)?.token === held.token) kept.forget(slot);
  }

  function turnedAway(refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    if (refusal.status === 401) {
      link("expired");
      return tell("expired");
    }
    if (refusal.status === 0) console.warn(`contactcenter: no answer. Is ${location.origin} an origin of the connection?`);
    return passes(refusal) ? later(refusal.problem.retry_after_s) : refused(refusal.message);
  }

  function refused(why) {
    link("refused");
    console.error(`contactcenter: ${why}`);
  }

  function later(atLeast = 0) {
    link(navigator.onLine ? "reconnecting" : "offline");
    const most = WAIT_S[Math.min(tries++, WAIT_S.length - 1)];
    clearTimeout(timer);
    timer = setTimeout(connect, (atLeast + Math.random() * most) * 1000);
  }

  function drop(name) {
    if (!wanted) return;
    const one = socket;
    socket = null;
    one?.close();
    link(name);
  }

  /** A connection that died without a word is found by asking. */
  function look() {
    if (!socket) return;
    const silent = Date.now() - Math.max(heard, asked);
    const waits = asked || state.link !== "live" || state.outgoing.some((one) => one.status === "sending");
    if (silent < (waits ? WAITING_MS : SILENT_MS)) return;
    if (asked || state.link !== "live") {
      drop("reconnecting");
      connect();
    } else if (send({ type: "ping" })) asked = Date.now();
  }

  function send(frame) {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  let arrive;
  const arrived = new Promise((resolve) => (arrive = resolve));
  const urls = new Map();
  const confirmed = new Map();
  /** Each receipt once: its tick comes back a moment later. */
  function confirm(frame) {
    const name = `${frame.type} ${frame.conversation}`;
    if (confirmed.get(name) >= frame.number || !send(frame)) return;
    confirmed.set(name, frame.number);
  }

  async function fetchFile(id) {
    try {
      const answer = await ask(settings.house, "GET", `files/${id}`, { token: held.token });
      return URL.createObjectURL(await answer.blob());
    } catch (refusal) {
      urls.delete(id); // it may be asked for again
      throw refusal;
    }
  }

  return {
    state: () => state,
    hours,
    /** Whether they need not be asked who they are. */
    known: () => !!(settings.jwt || kept.get("guest")),
    start() {
      wanted = true;
      return connect();
    },
    /** @param {string} text @param {any[]} [files] @param {string} [name] a stranger's, as they say */
    say(text, files = [], name) {
      const key = crypto.randomUUID?.() ?? String(Math.random()).slice(2) + Date.now();
      if (name) settings.name = name;
      const account = accountOf(settings.jwt);
      const one = { key, account, text, files, after: state.position ?? 0, at: new Date().toISOString(), status: "sending" };
      kept.put(`out:${key}`, one);
      put({ type: "say", outgoing: one });
      if (state.link === "live") send(words(one));
      else this.start();
    },
    retry(key) {
      put({ type: "retry", key });
      const one = state.outgoing.find((one) => one.key === key);
      if (one && state.link === "live") send(words(one));
    },
    drop(key) {
      kept.forget(`out:${key}`);
      put({ type: "drop", key });
    },
    typing() {
      if (state.link !== "live" || Date.now() - typed < TYPING_MS) return;
      typed = Date.now();
      send({ type: "typing" });
    },
    /** What was said before the first message that is there. */
    async earlier() {
      const path = `conversation?before=${state.messages[0].position}`;
      const { items, next } = await (await ask(settings.house, "GET", path, { token: held.token })).json();
      put({ type: "earlier", messages: items, more: next !== null });
    },
    /** Somebody looks at it. */
    seen() {
      if (state.link === "live") for (const receipt of unconfirmed(state, "read")) confirm(receipt);
    },
    /** @param {File} file @returns {Promise<{id: number, name: string, media_type: string, size: number}>} */
    async upload(file) {
      await arrived;
      const path = `files?name=${encodeURIComponent(file.name || "file")}`;
      const how = { token: held.token, body: file, type: "application/octet-stream" };
      return (await ask(settings.house, "POST", path, how)).json();
    },
    /** Where the browser has a file that was sent. */
    file(id) {
      if (!urls.has(id)) urls.set(id, fetchFile(id));
      return urls.get(id);
    },
    /** How content they are, 1 to 5; whether it was taken. */
    async rate(score, comment) {
      const { item } = state.satisfaction;
      const body = comment ? { item, score, comment } : { item, score };
      const taken = await ask(settings.house, "POST", "satisfaction", { token: held.token, body }).then(
        () => true,
        (refusal) => refusal.status === 409, // on another device, or too late: it is over
      );
      if (taken) this.rated();
      return taken;
    },
    /** It is not asked again. */
    rated() {
      kept.put("rated", state.satisfaction.item);
      put({ type: "rated" });
    },
    leave: () => send({ type: "leave" }),
    /** The page speaks for another, or with a fresh token for the same. */
    async sign(jwt) {
      settings.jwt = jwt;
      if (!jwt) await signOut(settings, kept);
      if (!wanted) return;
      drop("connecting");
      tries = 0;
      connect();
    },
  };
}

function passes({ status }) {
  return status === 0 || status === 429 || status >= 500;
}

function words({ key, text, files = [] }) {
  const more = files.length ? { files: files.map((file) => file.id) } : {};
  return { type: "send", client_msg_id: key, text, ...more };
}
