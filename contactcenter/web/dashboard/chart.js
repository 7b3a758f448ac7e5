/** Small drawings of the last hours. They repeat what stands beside them in numbers. */

const NS = "http://www.w3.org/2000/svg";
const WIDE = 96;
const HIGH = 22;

/** @typedef {{queue: string, at: string, answered: number, answered_within: number, abandoned: number, longest_wait_s: number, waited_s: number}} Point */

/**
 * A line of the share answered within the target, a step each; interrupted where nothing ended.
 * @returns {{node: SVGSVGElement, show: (steps: (Point | undefined)[], aim: number) => void}}
 */
export function sparkline() {
  const aimed = make("path", { class: "aim" });
  const line = make("path", { class: "line" });
  const node = make("svg", { class: "spark", viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, "aria-hidden": "true" });
  node.append(aimed, line);
  let drawn;
  return {
    node,
    show(steps, aim) {
      if (drawn === steps) return;
      drawn = steps;
      const y = (share) => (HIGH - 2 - share * (HIGH - 4)).toFixed(1);
      aimed.setAttribute("d", `M0 ${y(aim)}H${WIDE}`);
      line.setAttribute("d", path(steps, y));
    },
  };
}

/** @param {Point} point the share of what ended that was answered within the target */
export const shareOf = (point) => point.answered_within / (point.answered + point.abandoned);

/**
 * Bars of what ended in each step: within the target, later, abandoned.
 * @param {(Point | undefined)[]} steps
 */
export function bars(steps) {
  const [wide, high] = [600, 120];
  const most = Math.max(1, ...steps.map((point) => (point ? point.answered + point.abandoned : 0)));
  const step = wide / steps.length;
  const node = make("svg", { class: "bars", viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  steps.forEach((point, place) => {
    if (!point) return;
    let bottom = high;
    const parts = { within: point.answered_within, late: point.answered - point.answered_within, lost: point.abandoned };
    for (const [name, value] of Object.entries(parts)) {
      const height = (value / most) * (high - 4);
      bottom -= height;
      node.append(make("rect", { class: name, x: place * step + 1, y: bottom, width: Math.max(1, step - 2), height }));
    }
  });
  return node;
}

/**
 * The points of one queue (or of all together) at their places; a step without a point is undefined.
 * @param {{since: string, until: string, step_s: number, points: Point[]}} trend
 * @returns {{byQueue: Map<string, (Point | undefined)[]>, all: (Point | undefined)[], times: number[]}}
 */
export function arrange(trend) {
  const [since, until] = [Date.parse(trend.since), Date.parse(trend.until)];
  const times = [];
  for (let at = since; at <= until; at += trend.step_s * 1000) times.push(at);
  const byQueue = new Map();
  const all = Array(times.length).fill(undefined);
  for (const point of trend.points) {
    const place = Math.round((Date.parse(point.at) - since) / 1000 / trend.step_s);
    if (!byQueue.has(point.queue)) byQueue.set(point.queue, Array(times.length).fill(undefined));
    byQueue.get(point.queue)[place] = point;
    all[place] = together(all[place], point);
  }
  return { byQueue, all, times };
}

function together(one, other) {
  if (!one) return { ...other, queue: "" };
  const sum = { ...one, longest_wait_s: Math.max(one.longest_wait_s, other.longest_wait_s) };
  for (const name of ["answered", "answered_within", "abandoned", "waited_s"]) sum[name] += other[name];
  return sum;
}

function path(steps, y) {
  const step = WIDE / Math.max(1, steps.length - 1);
  let drawing = false;
  return steps
    .map((point, place) => {
      if (!point) {
        drawing = false;
        return "";
      }
      const alone = !drawing && !steps[place + 1];
      const to = `${drawing ? "L" : "M"}${(place * step).toFixed(1)} ${y(shareOf(point))}`;
      drawing = true;
      return alone ? `${to}h1.5` : to;
    })
    .join("");
}

function make(tag, attributes) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
