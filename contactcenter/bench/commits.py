"""The ordered log: commits a second of all writers together, and the time in its lock."""

import asyncio
import time
from collections.abc import AsyncIterator

from prometheus_client import Histogram

from contactcenter.bench.place import Place, place, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.clock import clock
from contactcenter.db.database import LOCK_HELD, LOCK_WAIT, Database
from contactcenter.db.tx import Tx
from contactcenter.facts import KeyRevoked

WRITERS = 8
SECONDS = 4.0


async def commits() -> AsyncIterator[Line]:
    """Eight writers that append one fact each, as fast as they can; the same without the log."""
    async with place(shipped_rules()) as here:
        logged = await _measure(here, logged=True)
        waited, held = _mean(LOCK_WAIT), _mean(LOCK_HELD)
        plain = await _measure(here, logged=False)
        yield line(
            "log.commits", logged, "/s", reference="commits without the log", reference_value=plain
        )
        yield line("log.lock_held_mean", held * 1e6, "us")
        yield line("log.lock_wait_mean", waited * 1e6, "us")


async def _measure(here: Place, *, logged: bool) -> float:
    """Commits a second."""
    database = await Database.open(here.url, size=WRITERS)
    until = time.perf_counter() + SECONDS
    now = clock()

    async def act(tx: Tx) -> None:
        await tx.one(int, "bench.upsert_customer", str(id(asyncio.current_task())))
        if logged:
            tx.emit(KeyRevoked(at=now, key=0))

    async def write() -> int:
        count = 0
        while time.perf_counter() < until:
            await database.run(act)
            count += 1
        return count

    done = await asyncio.gather(*(write() for _ in range(WRITERS)))
    await database.close()
    return sum(done) / SECONDS


def _mean(histogram: Histogram) -> float:
    samples = {s.name.rpartition("_")[2]: s.value for m in histogram.collect() for s in m.samples}
    return samples["sum"] / samples["count"]
