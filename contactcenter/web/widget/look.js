/** How the open chat looks. */

export const PANEL = `
.panel { position: absolute; right: 0; bottom: 72px; display: flex; flex-direction: column; width: 376px; height: min(600px, 100dvh - 104px); overflow: hidden; border: 1px solid var(--rule); border-radius: 12px; background: var(--paper); box-shadow: 0 12px 40px rgb(0 0 0 / 0.25); }
[data-side=left] .panel { right: auto; left: 0; }
header { display: flex; align-items: center; gap: 8px; padding: 12px 8px 12px 16px; border-bottom: 1px solid var(--rule); }
.grow { flex: 1; min-width: 0; }
h2 { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 15px; font-weight: 650; }
.who, .hello, .typing, .day { color: var(--ink-2); font-size: 12.5px; }
.round { display: grid; place-items: center; flex: none; width: 36px; height: 36px; padding: 0; border: 0; border-radius: 50%; background: none; color: var(--ink-2); }
.quiet { flex: none; padding: 4px 8px; border: 0; border-radius: 5px; background: none; color: var(--accent); font-size: 12.5px; font-weight: 600; min-height: 28px; }
.round:hover, .quiet:hover { background: var(--theirs); }
.primary { padding: 8px 16px; border: 1px solid transparent; border-radius: 8px; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.sure { display: flex; align-items: center; gap: 8px; padding: 8px 16px; border-bottom: 1px solid var(--rule); }
.sure p { flex: 1; }
.link { padding: 8px 16px; background: var(--warn-soft); color: var(--warn); font-size: 12.5px; }
.form { display: flex; flex-direction: column; gap: 4px; padding: 16px; overflow: auto; }
.form > p { margin-bottom: 8px; font-size: 15px; }
label { margin-top: 8px; font-size: 12.5px; font-weight: 600; }
.form .primary { margin-top: 16px; }
input, textarea { width: 100%; padding: 8px 10px; border: 1px solid var(--edge); border-radius: 8px; background: var(--paper); color: inherit; font: inherit; resize: none; }
textarea::placeholder { color: var(--ink-2); opacity: 1; }
.log { position: relative; display: flex; flex-direction: column; flex: 1; min-height: 0; }
.box { flex: 1; overflow: auto; overscroll-behavior: contain; padding: 12px 16px; }
.box:focus-visible { box-shadow: inset var(--focus); outline: 2px solid var(--accent); outline-offset: -2px; }
.hello { padding-bottom: 8px; }
.clip { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tray { display: contents; list-style: none; padding: 0; }
.tray li { display: flex; align-items: center; gap: 8px; width: 100%; padding: 0 0 0 10px; border: 1px solid var(--rule); border-radius: 8px; font-size: 12.5px; }
.tray .state { color: var(--ink-2); }
.file { display: flex; align-items: center; gap: 8px; max-width: 100%; margin-top: 4px; padding: 8px 12px; border: 1px solid var(--rule); border-radius: 8px; background: var(--paper); font-size: 12.5px; }
.file svg { flex: none; }
.picture { width: 240px; height: 168px; padding: 0; overflow: hidden; }
.picture img { width: 100%; height: 100%; object-fit: cover; }
.box > .quiet { display: block; margin: 0 auto 8px; }
.box > [hidden] { display: none; }
.lines { display: flex; flex-direction: column; gap: 10px; }
.day { align-self: center; }
.said { display: flex; flex-direction: column; max-width: 85%; align-items: flex-start; align-self: flex-start; }
.mine { align-items: flex-end; align-self: flex-end; }
.name, .meta { color: var(--ink-2); font-size: 11.5px; }
.words { max-width: 100%; padding: 8px 12px; border-radius: 12px 12px 12px 4px; background: var(--theirs); white-space: pre-wrap; overflow-wrap: anywhere; }
.mine .words { border-radius: 12px 12px 4px 12px; background: var(--accent-soft); }
[data-state=failed] .words { background: var(--bad-soft); }
[data-state=failed] .state { color: var(--bad); font-weight: 600; }
.words a { color: inherit; }
.meta { display: flex; gap: 6px; margin-top: 2px; font-variant-numeric: tabular-nums; }
.meta time { white-space: nowrap; }
.again { display: flex; }
.newer { position: absolute; bottom: 8px; left: 50%; translate: -50%; display: flex; align-items: center; gap: 4px; padding: 4px 12px; border: 1px solid var(--rule); border-radius: 99px; background: var(--paper); font-size: 12.5px; box-shadow: 0 2px 8px rgb(0 0 0 / 0.2); }
.newer svg { width: 16px; height: 16px; }
.typing { min-height: 20px; padding: 0 16px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.rating { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: space-between; max-height: 60%; overflow: auto; padding: 8px 8px 4px 16px; border-top: 1px solid var(--rule); }
fieldset { display: flex; min-width: 0; margin-left: -8px; padding: 0; border: 0; }
legend { padding: 0 8px; font-weight: 600; }
fieldset label { position: relative; margin: 0; padding: 8px; border-radius: 5px; color: var(--accent); cursor: pointer; }
fieldset label:has(:focus-visible) { box-shadow: var(--focus); }
fieldset label:has(:checked) svg, fieldset label:has(~ label :checked) svg { fill: currentColor; }
.rating .form { width: 100%; padding: 4px 8px 8px 0; }
.form[hidden] { display: none; }
.bad { color: var(--bad); }
.composer { display: flex; flex-wrap: wrap; align-items: flex-end; gap: 4px; padding: 4px 8px 10px 12px; }
.composer textarea { flex: 1; width: auto; min-width: 0; }
.send { color: var(--accent); }
@media (max-width: 480px) {
  .panel, [data-side=left] .panel { position: fixed; inset: 0; width: auto; height: 100dvh; border: 0; border-radius: 0; }
  .panel:not([hidden]) ~ .launcher { visibility: hidden; }
  input, textarea { font-size: 16px; }
}
@media (prefers-reduced-motion: no-preference) {
  .panel:not([hidden]) { animation: rise 0.16s ease-out; }
  @keyframes rise { from { opacity: 0; translate: 0 8px; } }
}
`;
