// A list of which only the part on screen is in the page: ten thousand rows scroll as ten do.
// Heights are guessed until a row has been seen. What the reader looks at keeps its place whatever
// is measured, loaded or appended around it; whoever is at the end stays at the end.

const GUESS_PX = 72;
const BEYOND_PX = 600;
const AT_END_PX = 40;

/**
 * @param {HTMLElement} scroller that scrolls; the rows are put into it
 * @param {{row: (index: number) => HTMLElement, key: (index: number) => string,
 *   shown?: (first: number, last: number, atEnd: boolean) => void}} says  `row` makes a row; a row
 *   is made anew only when its `key` is another than before
 * @returns {{show: (count: number, place?: object) => void, place: () => object, toEnd: () => void,
 *   toRow: (index: number) => void, forget: () => void}}
 */
export function windowed(scroller, {row, key, shown = () => {}}) {
  const list = document.createElement("ol");
  list.className = "lines";
  const above = document.createElement("li");
  const below = document.createElement("li");
  for (const space of [above, below]) {
    space.className = "space";
    space.setAttribute("aria-hidden", "true");
  }
  list.append(above, below);
  scroller.append(list);

  let count = 0;
  let heights = [];
  let rows = new Map(); // index -> {key, node}
  let anchor = {end: true, index: 0, offset: 0};
  let ours = null; // the scroll position that we have set ourselves
  let width = 0;

  const heightOf = (index) => heights[index] ?? GUESS_PX;

  function topOf(index) {
    let top = 0;
    for (let n = 0; n < index; n++) top += heightOf(n);
    return top;
  }

  function rowAt(y) {
    let top = 0;
    for (let n = 0; n < count; n++) {
      const next = top + heightOf(n);
      if (next > y) return {index: n, offset: y - top};
      top = next;
    }
    return {index: Math.max(0, count - 1), offset: 0};
  }

  /** The first row that begins on screen: one that only ends there may still be measured anew. */
  function beginningAt(y) {
    const {index, offset} = rowAt(y);
    const left = heightOf(index) - offset;
    const begins = offset > 0 && index + 1 < count && left < scroller.clientHeight;
    return begins ? {index: index + 1, offset: -left} : {index, offset};
  }

  function remember() {
    const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
    anchor = {...beginningAt(scroller.scrollTop), end: left <= AT_END_PX};
  }

  function range() {
    const height = scroller.clientHeight || 600;
    const top = anchor.end ? Math.max(0, topOf(count) - height) : topOf(anchor.index) + anchor.offset;
    const first = rowAt(Math.max(0, top - BEYOND_PX)).index;
    const last = rowAt(top + height + BEYOND_PX).index;
    return [first, count ? last : -1];
  }

  function fill(first, last) {
    for (const [index, {node}] of rows) {
      if (index < first || index > last) {
        node.remove();
        rows.delete(index);
      }
    }
    let after = above;
    for (let index = first; index <= last; index++) {
      const wanted = key(index);
      let kept = rows.get(index);
      if (kept?.key !== wanted) {
        const node = row(index);
        node.setAttribute("aria-posinset", String(index + 1));
        node.setAttribute("aria-setsize", String(count));
        if (kept) kept.node.replaceWith(node);
        kept = {key: wanted, node};
        rows.set(index, kept);
        heights[index] = undefined;
      }
      if (after.nextSibling !== kept.node) after.after(kept.node);
      after = kept.node;
    }
  }

  /** Whether a row is not as high as we thought. */
  function measure(first, last) {
    let other = false;
    for (let index = first; index <= last; index++) {
      const height = rows.get(index).node.getBoundingClientRect().height;
      if (heights[index] !== height) {
        heights[index] = height;
        other = true;
      }
    }
    return other;
  }

  function place(first, last) {
    above.style.height = `${topOf(first)}px`;
    below.style.height = `${topOf(count) - topOf(last + 1)}px`;
    const top = anchor.end
      ? scroller.scrollHeight - scroller.clientHeight
      : topOf(anchor.index) + anchor.offset;
    if (Math.abs(scroller.scrollTop - top) >= 1) {
      scroller.scrollTop = top;
      ours = scroller.scrollTop;
    }
  }

  function draw() {
    if (scroller.clientWidth !== width) {
      width = scroller.clientWidth;
      heights = []; // other line breaks: everything is measured again
    }
    let [first, last] = range();
    for (let turn = 0; turn < 4; turn++) {
      fill(first, last);
      const other = measure(first, last);
      place(first, last);
      const [nextFirst, nextLast] = range();
      if (!other && nextFirst >= first && nextLast <= last) break;
      [first, last] = [nextFirst, nextLast];
    }
    const seen = rowAt(scroller.scrollTop).index;
    shown(seen, rowAt(scroller.scrollTop + scroller.clientHeight).index, anchor.end);
  }

  scroller.addEventListener("scroll", () => {
    if (ours !== null && Math.abs(scroller.scrollTop - ours) < 1) {
      ours = null;
      return;
    }
    ours = null;
    remember();
    draw();
  }, {passive: true});
  new ResizeObserver(() => count && draw()).observe(scroller);

  return {
    show(newCount, from) {
      count = newCount;
      if (from) anchor = {...from};
      draw();
    },
    place: () => ({...anchor}),
    toEnd() {
      anchor = {end: true, index: 0, offset: 0};
      draw();
    },
    toRow(index) {
      anchor = {end: false, index, offset: -24};
      draw();
    },
    forget() {
      for (const {node} of rows.values()) node.remove();
      rows = new Map();
      heights = [];
      count = 0;
      anchor = {end: true, index: 0, offset: 0};
    },
  };
}
