"""A conversation of 10,000 interactions, scrolled as fast as a wheel goes."""

from collections.abc import AsyncIterator
from datetime import datetime

from contactcenter.actions.receive import Inbound, receive
from contactcenter.bench.chromium import Page
from contactcenter.bench.desk_page import Floor, floor
from contactcenter.bench.report import Line, line
from contactcenter.clock import clock
from contactcenter.model.customer import Identity
from contactcenter.model.rulebook import Published

INTERACTIONS = 10_000
BATCH = 500
PX_PER_S = 20_000
"""Forty screens a second: nobody reads that fast."""
SECONDS = 10
TASK_MS_MAX = 50
"""Beyond it a person notices (https://www.w3.org/TR/longtasks-1/)."""
LATE_MS = 25
"""A picture was left out: at 60 a second they are 16.7 ms apart."""
CUSTOMER = "+62811"

WATCH = f"""
window.watch = () => {{
  const begun = performance.now();
  const seen = window.seen = {{longest: 0, frames: 0, late: 0, empty: 0}};
  const observer = new PerformanceObserver((list) => {{
    for (const task of list.getEntries()) {{
      if (task.startTime > begun) seen.longest = Math.max(seen.longest, task.duration);
    }}
  }});
  observer.observe({{type: "longtask"}});
  const stream = document.querySelector(".stream");
  const {{left, top, width, height}} = stream.getBoundingClientRect();
  let before = begun;
  const frame = (now) => {{
    seen.frames++;
    if (now - before > {LATE_MS}) seen.late++;
    before = now;
    const middle = document.elementsFromPoint(left + width / 2, top + height / 2);
    if (!middle.some((node) => node.matches(".line"))) seen.empty++;
    requestAnimationFrame(frame);
  }};
  requestAnimationFrame(frame);
}};
"""
"""The browser moves what is drawn by itself; the page draws what comes into sight. A long task is
seen as a gap there (`empty`), or as a picture that comes late."""


async def scrolling() -> AsyncIterator[Line]:
    """The agent who has the conversation scrolls up, and down again; rows are read on the way."""
    async with floor() as one:
        desk = await one.desk(WATCH)
        await one.customers.write(CUSTOMER, "message 0")
        await desk.take("message 0")
        await _write_the_rest(one)
        await desk.read(f"message {INTERACTIONS - 1}")
        await desk.page.ask("watch()")
        for way in (1, -1):
            await _scroll(desk.page, way * PX_PER_S * SECONDS)
        seen = await desk.page.ask("seen")
        rows = await desk.page.ask("document.querySelectorAll('.line').length")
    frames = seen["frames"]
    yield line("scrolling.longest_task", seen["longest"], "ms", at_most=TASK_MS_MAX)
    yield line("scrolling.frames", frames, "frames")
    yield line("scrolling.frames_late", 100 * seen["late"] / frames, "%")
    yield line("scrolling.frames_empty", 100 * seen["empty"] / frames, "%")
    yield line("scrolling.rows_in_page", rows, "rows")


async def _scroll(page: Page, distance: int) -> None:
    await page.call(
        "Input.synthesizeScrollGesture",
        x=640,
        y=400,
        yDistance=distance,
        speed=PX_PER_S,
        gestureSourceType="mouse",
        preventFling=True,
    )


async def _write_the_rest(one: Floor) -> None:
    book, at = Published(1, one.here.rules), clock()
    for first in range(1, INTERACTIONS, BATCH):
        last = min(first + BATCH, INTERACTIONS)
        batch = [_message(number, at) for number in range(first, last)]
        await one.here.database.run(lambda tx, b=batch: receive(tx, b, book, at))


def _message(number: int, at: datetime) -> Inbound:
    return Inbound(
        connection_id=1,
        connection="bench",
        channel="bot",
        key=f"scrolling-{number}",
        digest=b"",
        identity=Identity(scheme="phone", scope="bench", value=CUSTOMER),
        text=f"message {number}",
        occurred_at=at,
    )
