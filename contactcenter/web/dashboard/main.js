/** The supervisors' dashboard: the board is folded as it comes, and drawn a few times a second. */
import { get } from "../base/api.js";
import { bar } from "../base/bar.js";
import { button } from "../base/button.js";
import { h, set } from "../base/dom.js";
import { add, t } from "../base/i18n.js";
import * as keys from "../base/keys.js";
import { me as whoIsHere, signedOut } from "../base/session.js";
import { connection, failed, loading } from "../base/states.js";
import { connect } from "../base/stream.js";
import { now } from "../base/time.js";
import { agentList } from "./agents.js";
import { casesView, caseView } from "./cases.js";
import { alertList } from "./alerts.js";
import { arrange } from "./chart.js";
import { count, decided } from "./counts.js";
import { decisionList, whyView } from "./decisions.js";
import { drawer } from "./drawer.js";
import { drill } from "./drill.js";
import { filters } from "./filters.js";
import { handsView } from "./hands.js";
import { look } from "./look.js";
import { numberStrip } from "./numbers.js";
import { queueTable } from "./queues.js";
import { dayOf, empty as emptyBoard, fold } from "./state.js";
import texts from "./texts.js";
import { trendView } from "./trend.js";
import { wall } from "./wall.js";

add(texts);

const DRAW_MS = 250;
const TICK_MS = 1_000;
const TREND_MS = 60_000;

begin().catch((problem) => document.body.replaceChildren(failed(problem, () => location.reload())));

async function begin() {
  document.title = t("dashboard.title");
  document.body.append(h("main", { id: "main" }, loading(8)));
  const me = await whoIsHere();
  if (me.role === "agent") return location.replace("/desktop");
  const page = new Dashboard(me, await get("/v1/board/rules"));
  page.start();
}

class Dashboard {
  #board = emptyBoard();
  #counted = { queues: [], agents: [], total: null };
  #everybody = [];
  #trend = null;
  #day = null;
  #due = 0;
  #frame = 0;
  #tick = 0;
  #following = null;
  #looking = null;

  constructor(me, rules) {
    this.rules = rules;
    this.house = {
      me,
      label: (queue) => this.rules.queues.find((one) => one.queue === queue)?.label ?? queue,
      requirement: (queue) => this.rules.queues.find((one) => one.queue === queue)?.requirement,
      agent: (id) => this.#board.agents.get(id)?.name ?? t("dashboard.agent", { id: String(id) }),
      team: (id) => this.#board.teams.get(id)?.name ?? "",
      teams: (agent) => (this.#board.agents.get(agent)?.teams ?? []).map((id) => this.#board.teams.get(id)?.name ?? ""),
      board: () => this.#board,
      rules: () => this.rules.queues,
      agents: () => this.#everybody,
      seq: () => this.#board.seq,
      channel: () => this.filters.chosen().channel || undefined,
      open: (what) => this.#open(what),
      look: (conversation) => this.#look(conversation),
      lookAtCase: (id) => this.drawer.open(() => caseView(id, this.house)),
      title: (words) => this.drawer.title(words),
      follow: (conversation) => this.#follow(conversation),
    };
    this.#build(me);
  }

  #build(me) {
    const open = this.house.open;
    this.drawer = drawer();
    this.filters = filters(this.rules, me.id, () => this.#filtered());
    this.numbers = numberStrip({ open, means: () => this.#means() });
    this.queues = queueTable({ open, narrow: (queue) => this.filters.narrow(queue), means: () => this.#means() });
    this.agents = agentList(this.house);
    this.decisions = decisionList(this.house);
    this.wall = wall({ open });
    this.connection = connection();
    const turn = () => this.#toWall(location.hash !== "#wall");
    this.toWall = button({ label: t("dashboard.wall"), icon: "wall", key: "w", kind: "small to-wall", run: turn });
    this.alerts = alertList();
    this.grid = h("div", { class: "dashboard" }, this.filters.node, this.numbers.node, h("div", { class: "stack" }, this.queues.node, this.agents.node), h("div", { class: "stack" }, this.alerts.node, this.decisions.node));
    this.head = bar(me, { page: "dashboard", end: this.toWall });
    const main = h("main", { id: "main", tabindex: -1, "aria-busy": "true" }, h("h1", { class: "unseen" }, t("dashboard.title")), this.grid, this.wall.node);
    document.body.replaceChildren(this.head, this.connection, main, ...document.querySelectorAll("dialog"));
    keys.add(
      { keys: "w", label: t("dashboard.wall.key"), run: turn },
      { keys: "/", label: t("dashboard.filter.key"), run: () => this.filters.focus() },
      { keys: "escape", label: t("dashboard.filter.clear"), run: () => (location.hash === "#wall" ? this.#toWall(false) : this.filters.clear()) },
    );
    addEventListener("hashchange", () => this.#place());
  }

  start() {
    this.stream = connect("/v1/board", {
      resumes: false,
      frame: (frame) => this.#heard(frame),
      state: (state, problem) => {
        this.connection.show(state, problem);
        if (state === "signed-out") signedOut();
      },
    });
    setInterval(() => this.#readTrend(), TREND_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.#draw());
    this.#readTrend();
    this.#place();
  }

  #heard(frame) {
    this.#board = fold(this.#board, frame);
    if (frame.type === "welcome" && this.#following !== null) this.#follow(this.#following);
    if (frame.type === "event") this.#looking?.heard(frame.fact);
    // Twenty facts a second are drawn four times: nobody reads faster.
    this.#due ||= setTimeout(() => this.#draw(), frame.type === "welcome" ? 0 : DRAW_MS);
  }

  /** Before the next frame, once for all who ask. */
  #draw() {
    clearTimeout(this.#due);
    this.#due = 0;
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  #show() {
    this.#frame = 0;
    // Clocks go on where nothing happens.
    clearTimeout(this.#tick);
    this.#tick = setTimeout(() => this.#draw(), TICK_MS);
    if (document.hidden || this.#board.seq === 0) return;
    const present = now();
    this.filters.knowTeams(this.#board.teams);
    const { everybody, ...counted } = count(this.#board, this.rules.queues, this.filters.chosen(), present, this.#day);
    this.#counted = counted;
    this.#everybody = everybody;
    if (location.hash === "#wall") {
      this.wall.show(counted, present);
    } else {
      this.numbers.show(counted, present);
      this.queues.show(counted.listed, present, this.#trend);
      this.agents.show(counted.agents, present);
      this.alerts.show(this.#board.alerts, present);
      const { decisions } = this.#board;
      this.decisions.show(decided(this.#board, this.filters.chosen()), present, decisions.length);
    }
    this.drawer.tick(present);
    set(document.getElementById("main"), { "aria-busy": null });
  }

  /** Today's numbers of one channel are counted from the waits, since the board has them by queue. */
  async #readTrend() {
    if (document.hidden) return;
    const { channel } = this.filters.chosen();
    try {
      const [rules, trend, whole] = await Promise.all([
        get("/v1/board/rules"),
        get("/v1/board/trend", { hours: 4, channel: channel || null }),
        channel ? get("/v1/board/trend", { hours: 24, channel }) : null,
      ]);
      if (channel !== this.filters.chosen().channel) return;
      this.rules = rules;
      this.filters.know(rules);
      this.#trend = { ...arrange(trend), step: trend.step_s * 1000 };
      this.#day = whole && ofToday(whole, this.#board.zone);
      this.#draw();
    } catch {
      // The connection's own line says that something is away; the next minute asks again.
    }
  }

  #filtered() {
    this.#day = this.filters.chosen().channel ? (this.#day ?? new Map()) : null;
    this.#draw();
    this.#readTrend();
  }

  #means() {
    return t("dashboard.level.means");
  }

  #open(what) {
    const { queue, channel, team } = this.filters.chosen();
    const narrowed = { ...(what.kind !== "why" && { queue: queue || undefined, channel: channel || undefined }), ...what };
    // What waits or has ended is no team's.
    if (team && (what.kind === "agents" || what.state === "owned")) narrowed.team = Number(team);
    // Whose work it is says more than by which queue it came.
    if (what.agent) Object.assign(narrowed, { queue: undefined, channel: undefined, team: undefined });
    if (what.kind === "agents") return this.drawer.open(() => handsView(narrowed, this.house));
    if (what.kind === "trend") return this.#trend && this.drawer.open(() => trendView(narrowed.queue ?? "", this.#trend, this.house));
    if (what.kind === "cases") return this.drawer.open(() => casesView(narrowed.queue, this.house));
    if (what.kind === "why") return this.drawer.open(() => whyView(what.item, this.house));
    return this.drawer.open(() => drill(narrowed, this.house));
  }

  #look(conversation) {
    this.drawer.open(() => {
      const view = look(conversation, this.house);
      this.#looking = view;
      const { stop } = view;
      return { ...view, stop: () => ((this.#looking = null), stop()) };
    });
  }

  #follow(conversation) {
    this.#following = conversation;
    this.stream.say({ type: "follow", conversation });
  }

  #toWall(on) {
    if (on) location.hash = "wall";
    else history.pushState(null, "", location.pathname);
    this.#place();
  }

  #place() {
    const on = location.hash === "#wall";
    document.body.classList.toggle("on-wall", on);
    set(this.wall.node, { hidden: !on });
    set(this.grid, { hidden: on });
    set(this.toWall, { "aria-pressed": on, "aria-label": t("dashboard.wall") });
    const looked = /^#conversation\/(\d+)$/.exec(location.hash);
    if (looked) this.#look(Number(looked[1]));
    this.#draw();
  }
}

/** The tallies of today, of the steps that began today. */
function ofToday(trend, zone) {
  const today = dayOf(zone, trend.until);
  const tallies = new Map();
  for (const point of trend.points) {
    if (dayOf(zone, point.at) !== today) continue;
    const tally = tallies.get(point.queue) ?? { answered: 0, answered_within: 0, abandoned: 0, abandoned_within: 0 };
    for (const name of ["answered", "answered_within", "abandoned"]) tally[name] += point[name];
    tallies.set(point.queue, tally);
  }
  return tallies;
}
