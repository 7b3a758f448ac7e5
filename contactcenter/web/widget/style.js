/** How the chat looks: the numbers are those of the house's tokens. Nothing of the page's comes in, nothing goes out. */

export const LAUNCHER = `
:host { all: initial !important; position: fixed !important; z-index: 2147483000 !important; inset: auto 0 0 auto !important; display: block !important; }
* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
aside {
  --ink: light-dark(#1b1f24, #e7eaee); --ink-2: light-dark(#57606c, #a3adb8); --paper: light-dark(#ffffff, #14171b);
  --rule: light-dark(#dfe3e8, #2a3038); --edge: light-dark(#7b8490, #77818d); --theirs: light-dark(#f0f2f5, #22272e);
  --bad: light-dark(#b3261e, #ff8a80); --bad-soft: light-dark(#fdebe9, #3a1613); --warn: light-dark(#7a4d00, #e2b04a); --warn-soft: light-dark(#fdf3dd, #33290f);
  --focus: 0 0 0 2px var(--paper), 0 0 0 4px var(--accent);
  position: fixed; right: 16px; bottom: 16px; color: var(--ink); font: 14px/1.45 ui-sans-serif, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; text-align: start; direction: ltr;
}
aside[data-side=left] { right: auto; left: 16px; }
button { font: inherit; color: inherit; cursor: pointer; }
:focus-visible { outline: 2px solid transparent; box-shadow: var(--focus); }
svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; display: block; }
.launcher { position: relative; display: grid; place-items: center; width: 56px; height: 56px; margin-left: auto; padding: 0; border: 1px solid transparent; border-radius: 50%; background: var(--accent); color: var(--on-accent); box-shadow: 0 4px 16px rgb(0 0 0 / 0.25); }
[data-side=left] .launcher { margin-left: 0; }
.launcher:focus-visible { box-shadow: var(--focus); }
.launcher svg { width: 26px; height: 26px; }
.badge { position: absolute; top: -4px; right: -4px; min-width: 22px; padding: 0 6px; border: 2px solid var(--paper); border-radius: 99px; background: #b3261e; color: #fff; font-size: 12px; line-height: 18px; font-weight: 700; font-variant-numeric: tabular-nums; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.trouble { position: absolute; right: 0; bottom: 68px; width: max-content; max-width: min(280px, 100vw - 32px); padding: 8px 12px; border: 1px solid var(--rule); border-radius: 8px; background: var(--paper); }
[data-side=left] .trouble { right: auto; left: 0; }
@media print { :host { display: none !important; } }
`;
