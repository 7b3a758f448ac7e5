/** What this browser remembers. Where it may not, it forgets at the end of the page, and nothing breaks. */

const meanwhile = new Map();

/** @param {string} name @param {string} [fallback] @returns {string | undefined} */
export function kept(name, fallback) {
  try {
    return localStorage.getItem(name) ?? meanwhile.get(name) ?? fallback;
  } catch {
    return meanwhile.get(name) ?? fallback;
  }
}

/** @param {string} name @param {string | null} value null forgets */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    if (value === null) meanwhile.delete(name);
    else meanwhile.set(name, value);
  }
}
