"""Eight hours at the desktop: how soon an offer is on screen, and what the day leaves in memory."""

from collections.abc import AsyncIterator

from contactcenter.bench.chromium import Page
from contactcenter.bench.desk_page import floor
from contactcenter.bench.report import Line, line

OFFER_MS_MAX = 50
GROWTH_MB_MAX = 20
CONVERSATIONS = 240
"""One in two minutes."""
SECONDS_EACH = 8 * 3600 // CONVERSATIONS

INSTRUMENTS = """
(() => {
  const Socket = window.WebSocket;
  let came = 0;
  window.shownAfter = [];
  window.WebSocket = class extends Socket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", ({data}) => {
        if (!data.includes('"fact":"OfferMade"')) return;
        came = performance.now();
        requestAnimationFrame(look);
      });
    }
  };
  const look = () => document.querySelector(".offer")
    ? setTimeout(() => window.shownAfter.push(performance.now() - came))
    : requestAnimationFrame(look);

  const timers = new Map();
  const {setInterval: begin, clearInterval: end} = window;
  window.setInterval = (run, ms, ...rest) => {
    const timer = begin(run, ms, ...rest);
    timers.set(timer, {run, ms});
    return timer;
  };
  window.clearInterval = (timer) => {
    timers.delete(timer);
    end(timer);
  };
  window.spend = (seconds) => {
    for (let second = 1; second <= seconds; second++) {
      for (const {run, ms} of timers.values()) if ((second * 1000) % ms < 1000) run();
    }
  };
})();
"""
"""From an offer's frame to the picture that shows it; and `spend`: what ticks, ticks as often as it
would in so many seconds."""


async def workday() -> AsyncIterator[Line]:
    """Hundreds of conversations are accepted, answered, and resolved in one tab, by keyboard."""
    async with floor() as one:
        desk = await one.desk(INSTRUMENTS)
        before = await _heap_mb(desk.page)
        for n in range(CONVERSATIONS):
            who = f"+62812{n}"
            await one.customers.write(who, f"my line {n} is dead")
            await desk.take(f"my line {n} is dead")
            await desk.answer(f"Which modem is it, {n}?")
            await one.customers.write(who, f"the red one, {n}")
            await desk.read(f"the red one, {n}")
            await desk.answer(f"It is reset, {n}.")
            await desk.resolve()
            await desk.page.ask(f"spend({SECONDS_EACH})")
        after = await _heap_mb(desk.page)
        shown = sorted(await desk.page.ask("shownAfter"))
    yield line("workday.offer_on_screen_p50", shown[len(shown) // 2], "ms")
    worst = shown[len(shown) * 99 // 100]
    yield line("workday.offer_on_screen_p99", worst, "ms", at_most=OFFER_MS_MAX)
    yield line("workday.offers", len(shown), "offers")
    yield line("workday.memory_before", before, "MB")
    yield line("workday.memory_growth", after - before, "MB", at_most=GROWTH_MB_MAX)


async def _heap_mb(page: Page) -> float:
    """What scripts, nodes and buffers hold, once nothing that can go is left."""
    for _ in range(3):  # what one collection frees may hold what the next can
        await page.call("HeapProfiler.collectGarbage")
    usage = await page.call("Runtime.getHeapUsage")
    return sum(usage[k] for k in ("usedSize", "embedderHeapUsedSize", "backingStorageSize")) / 1e6
