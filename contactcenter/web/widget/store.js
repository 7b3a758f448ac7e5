/** What a browser keeps of a chat: in the host's localStorage, or for this page only where it may not. */

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {{get: (name: string) => any, put: (name: string, value: any) => void,
 *   forget: (name: string) => void, all: (prefix: string) => any[]}}
 */
export function store({ house, connection }) {
  const prefix = `contactcenter:${house}${connection}:`;
  const kept = place();
  const get = (name) => {
    try {
      return JSON.parse(kept.getItem(prefix + name));
    } catch {
      return null; // not ours, or from another time
    }
  };
  return {
    get,
    put: (name, value) => {
      try {
        kept.setItem(prefix + name, JSON.stringify(value));
      } catch {
        // It is full: the chat goes on, and is forgotten with the page.
      }
    },
    forget: (name) => kept.removeItem(prefix + name),
    all: (beginning) =>
      Object.keys(kept)
        .filter((name) => name.startsWith(prefix + beginning))
        .map((name) => get(name.slice(prefix.length)))
        .filter(Boolean),
  };
}

function place() {
  try {
    localStorage.getItem("");
    return localStorage;
  } catch {
    return Object.create({
      getItem(name) {
        return this[name] ?? null;
      },
      setItem(name, value) {
        this[name] = value;
      },
      removeItem(name) {
        delete this[name];
      },
    });
  }
}
