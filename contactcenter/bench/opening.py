"""How soon the desktop can be worked with, in a browser that has never seen it."""

from collections.abc import AsyncIterator

from contactcenter.bench.desk_page import CAPACITY, Floor, floor
from contactcenter.bench.report import Line, line

USABLE_S_MAX = 1
ROUNDS = 9

USABLE = f"""
(() => {{
  const usable = () => document.querySelectorAll(".work .item").length === {CAPACITY}
    && document.querySelector(".presence:enabled") && document.querySelector(".line .text")
    && document.querySelector(".write")?.checkVisibility();
  const look = () => usable() ? setTimeout(() => window.usableAt = performance.now())
    : requestAnimationFrame(look);
  requestAnimationFrame(look);
}})();
"""
"""Once what was said, where to answer, the work list and the presence are there, after the next
picture of the screen: ms since the address was asked for."""


async def opening() -> AsyncIterator[Line]:
    """An agent with three conversations opens the desktop, each time without a cache."""
    async with floor() as one:
        desk = await one.desk()
        for n in range(CAPACITY):
            await one.customers.write(f"+62811{n}", f"line {n} is dead")
            await desk.take(f"line {n} is dead")
        took = sorted([await _opened(one) for _ in range(ROUNDS)])
    yield line("opening.usable", took[ROUNDS // 2], "s", at_most=USABLE_S_MAX)
    yield line("opening.usable_worst", took[-1], "s")


async def _opened(one: Floor) -> float:
    page = await one.tab(USABLE)
    await page.open(one.port, "/desktop")
    took = await page.until("window.usableAt")
    await page.close()
    return took / 1000
