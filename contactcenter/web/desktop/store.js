// The state and who draws it. Frames are folded as they come; what they change is drawn once a frame
// of the screen, or at once where the page is hidden and no screen asks.

import {EMPTY, fold} from "./state.js";

/**
 * @returns {{state: import("./state.js").State, dispatch: (frame: object) => void,
 *   draws: (draw: () => void) => () => void, follows: (follow: (before: object, after: object,
 *   frame: object) => void) => void, redraw: () => void}}
 */
export function createStore() {
  const drawing = [];
  const following = [];
  let asked = false;

  function draw() {
    asked = false;
    for (const each of drawing) each();
  }

  const store = {
    state: EMPTY,
    dispatch(frame) {
      const before = store.state;
      store.state = fold(before, frame);
      for (const follow of following) follow(before, store.state, frame);
      store.redraw();
    },
    redraw() {
      if (asked) return;
      asked = true;
      if (document.hidden) setTimeout(draw, 0);
      else requestAnimationFrame(draw);
    },
    draws(each) {
      drawing.push(each);
      return () => void drawing.splice(drawing.indexOf(each), 1);
    },
    follows: (each) => following.push(each),
  };
  return store;
}
