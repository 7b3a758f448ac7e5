/** A visitor's session: begun, signed in, signed out, by HTTP. */

/** What was refused, or could not be asked: then `status` is 0. */
export class Refused extends Error {
  constructor(status, problem = {}) {
    super(problem.detail ?? "no answer");
    this.status = status;
    this.problem = problem;
    this.code = (problem.type ?? "").split(":").pop();
  }
}

/**
 * @param {string} house
 * @param {string} method
 * @param {string} path below `/v1/visitor/`
 * @param {{token?: string, body?: any, type?: string}} [how] a body that is no JSON names its `type`
 */
export async function ask(house, method, path, { token, body, type } = {}) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  if (body !== undefined) headers["Content-Type"] = type || "application/json";
  const sent = body === undefined || type ? body : JSON.stringify(body);
  const url = `${house}v1/visitor/${path}`;
  const answer = await fetch(url, { method, headers, body: sent, credentials: "omit" }).catch(() => {
    throw new Refused(0);
  });
  if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

/**
 * The session of whom the page speaks for: the one that is kept, or a new one. A stranger's history
 * goes along when they sign in (the server decides so).
 * @param {import("./settings.js").Settings} settings
 * @param {ReturnType<import("./store.js").store>} kept
 */
export async function session({ house, connection, jwt, name }, kept) {
  const slot = jwt ? "account" : "guest";
  const account = accountOf(jwt);
  const held = kept.get(slot);
  if (held && held.account === account && Date.parse(held.expires_at) > Date.now()) return held;
  const guest = jwt ? kept.get("guest") : null;
  const body = jwt ? { connection, jwt } : { connection, name: name || undefined };
  const answer = await ask(house, "POST", "sessions", { token: guest?.token, body });
  const { token, expires_at } = await answer.json();
  const begun = { token, expires_at, account };
  kept.put(slot, begun);
  if (guest) kept.forget("guest");
  return begun;
}

/** End the account's session, which must not be left to whoever uses this browser next. */
export async function signOut({ house }, kept) {
  const held = kept.get("account");
  for (const one of kept.all("out:")) if (one.account !== null) kept.forget(`out:${one.key}`);
  kept.forget("account");
  if (held) await ask(house, "DELETE", "session", { token: held.token }).catch(() => {});
}

/** Whom a token is about. It is the server that looks whether it is true. */
export function accountOf(jwt) {
  if (!jwt) return null;
  try {
    const claims = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return String(JSON.parse(atob(claims)).external_user_id);
  } catch {
    return jwt;
  }
}
