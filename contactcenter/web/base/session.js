/** Who is signed in, and what happens when they are not any more. */
import { get, onSignedOut, post } from "./api.js";
import { dialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {{id: number, login: string, name: string, role: "agent" | "supervisor" | "administrator", session: number, expires_at: string, undo_s: number|null}} Me */

/** Where each role works. */
export const HOME = { agent: "/desktop", supervisor: "/dashboard", administrator: "/admin" };

/** The pages that are for a role. */
export const PAGES = {
  agent: ["desktop"],
  supervisor: ["dashboard", "desktop"],
  administrator: ["admin", "rulebook", "dashboard", "desktop"],
};

let known = false;
let told = false;

/**
 * Who is signed in. Whoever is not, is led to the sign-in page and from there back here; then the
 * promise stays open, since the page ends. @returns {Promise<Me>}
 */
export async function me() {
  const found = await get("/v1/me").catch((problem) => {
    if (problem.status !== 401) throw problem;
    location.replace(signInAddress());
    return new Promise(() => {});
  });
  known = true;
  return found;
}

/** The sign-in page, from which one comes back to where one is. */
export const signInAddress = () => `/sign-in#${location.pathname}${location.search}${location.hash}`;

/** End the sign-in, and go to the sign-in page. */
export async function signOut() {
  known = false;
  await post("/v1/sign-out").catch((problem) => {
    if (problem.status !== 401 && problem.status !== 404) throw problem;
  });
  location.assign("/sign-in");
}

/** Say that the sign-in has ended, once. What was typed stays until the person goes. */
export async function signedOut() {
  if (!known || told) return;
  told = true;
  const go = await dialog({
    title: t("signed_out.title"),
    body: h("p", null, t("signed_out.text")),
    actions: [{ label: t("signed_out.here"), value: null }, { label: t("signed_out.sign_in"), kind: "primary", value: true }],
    alert: true,
  });
  if (go) location.assign(signInAddress());
}

onSignedOut(() => signedOut());
