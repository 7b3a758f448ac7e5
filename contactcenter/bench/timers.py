"""Timers of the record: a million pending, many due at one moment, and how late they fire."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

from contactcenter.bench.place import Place, place, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.bench.serving import product
from contactcenter.clock import clock
from contactcenter.db.tx import Tx

AGENTS = 500
PENDING = 1_000_000
TOUCHED = 50_000
"""So many are set, put off and taken back by way of the record."""
IN_ONE_TRANSACTION = 500
DUE = 100_000
FIRED_PER_S_MIN = 5_000
PER_S = 200
LATE_S = 10
LATE_P99_MS_MAX = 100
SETTLED_S = 4
MEMORY_MIB_MAX = 8
AHEAD = timedelta(days=1)
FILLED_AT_ONCE = 20_000


async def timers() -> AsyncIterator[Line]:
    """What fires is the real thing: a conversation whose customer is silent becomes dormant."""
    async with place(shipped_rules()) as here:
        await here.agents(AGENTS, capacity=DUE)
        async with product(here.environment) as alone:
            await asyncio.sleep(SETTLED_S)
            before = alone.resident_kib()
        for first in range(1, PENDING, FILLED_AT_ONCE):
            some = first, first + FILLED_AT_ONCE - 1, clock() + AHEAD
            await here.database.run(lambda tx, some=some: tx.do("bench.pending", *some))
        for measured in await _touched(here):
            yield measured
        async with product(here.environment) as one:
            await asyncio.sleep(SETTLED_S)
            grown = (one.resident_kib() - before) / 1024
            yield line("timers.memory_of_a_million", grown, "MiB", at_most=MEMORY_MIB_MAX)
            for measured in (*await _late(here), await _fired(here)):
                yield measured


async def _touched(here: Place) -> list[Line]:
    """Set, put off and take back some among the million."""
    due, later = clock() + AHEAD, clock() + AHEAD * 2
    new = range(1, TOUCHED + 1)
    old = range(-TOUCHED, 0)
    steps: list[tuple[str, Sequence[int], Callable[[Tx, int], None]]] = [
        ("set", new, lambda tx, subject: tx.schedule("item_idle", subject, due)),
        ("put_off", old, lambda tx, subject: tx.schedule("item_idle", subject, later)),
        ("taken_back", new, lambda tx, subject: tx.clear("item_idle", subject)),
    ]
    lines: list[Line] = []
    for name, subjects, touch in steps:
        began = time.perf_counter()
        for first in range(0, TOUCHED, IN_ONE_TRANSACTION):
            some = subjects[first : first + IN_ONE_TRANSACTION]
            await here.database.run(lambda tx, some=some, touch=touch: _each(tx, some, touch))
        lines.append(line(f"timers.{name}", TOUCHED / (time.perf_counter() - began), "/s"))
    return lines


async def _each(tx: Tx, subjects: Sequence[int], touch: Callable[[Tx, int], None]) -> None:
    for subject in subjects:
        touch(tx, subject)


async def _late(here: Place) -> list[Line]:
    """200 a second for ten seconds, while the million is pending."""
    count = PER_S * LATE_S
    end = await _silence(here, count, clock() + timedelta(seconds=5), timedelta(seconds=1 / PER_S))
    await _until_dormant(here, count, end)
    dormant_after = timedelta(seconds=here.rules.record.dormant_after_s)
    async with here.database.snapshot() as tx:
        p50, p99 = await tx.one(list[float], "bench.dormancy_lateness", dormant_after, end)
    return [
        line("timers.late_p50", p50, "ms"),
        line("timers.late_p99", p99, "ms", at_most=LATE_P99_MS_MAX),
    ]


async def _fired(here: Place) -> Line:
    """All due at one moment: from that moment to the last effect that is committed."""
    due = clock() + timedelta(seconds=40)
    end = await _silence(here, DUE, due, timedelta(0))
    if clock() > due:
        message = "it took too long to prepare what is due at one moment"
        raise RuntimeError(message)
    done = await _until_dormant(here, DUE, end)
    took = (done - due).total_seconds()
    return line("timers.fired", DUE / took, "/s", at_least=FIRED_PER_S_MIN)


async def _silence(here: Place, count: int, first_due: datetime, spacing: timedelta) -> int:
    """So many customers who are silent; returns where the log ends."""
    dormant_after = timedelta(seconds=here.rules.record.dormant_after_s)
    past = clock() - AHEAD

    end = await here.database.run(lambda tx: tx.one(int, "bench.log_end"))
    for made in range(0, count, FILLED_AT_ONCE):
        some = min(FILLED_AT_ONCE, count - made)
        args = some, past, first_due + made * spacing, spacing, dormant_after
        await here.database.run(lambda tx, args=args: tx.do("bench.silent_customers", *args))
    return end


async def _until_dormant(here: Place, count: int, end: int) -> datetime:
    """When the last of them became dormant."""
    while True:
        async with here.database.snapshot() as tx:
            if await tx.one(int, "bench.dormant", end) >= count:
                return await tx.one(datetime, "bench.last_dormant")
        await asyncio.sleep(0.5)
