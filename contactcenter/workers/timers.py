"""Fire timers: the effect and the end of the row are one transaction, so each fires exactly once.

Every process runs this. Two that see the same due timer lock its subject one after the other, and
the second finds the row gone. A poll each second is the safety net; the database's clock decides.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from contactcenter import facts
from contactcenter.actions.idle import item_idle
from contactcenter.actions.miss import lapse
from contactcenter.actions.presence import grace_ended
from contactcenter.actions.resolve import wrap_up_ended
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Unavailable
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.log import get
from contactcenter.model.rulebook import Published
from contactcenter.record.timers import Rings

BATCH_MAX = 200
SLEEP_S_MAX = 1.0
ERROR_LENGTH_MAX = 500
DELAYS_S = (1, 5, 30, 120, 600)
"""A timer that fails comes again after these; after the last it is parked."""

Effect = Callable[[Tx, Rings, Published, datetime], Awaitable[None]]
EFFECTS: Mapping[str, Effect] = {
    "offer_lapse": lapse,
    "wrapup_end": wrap_up_ended,
    "agent_grace": grace_ended,
    "item_idle": item_idle,
}

_log = get(part="timers")
_LATE = Histogram(
    "contactcenter_timer_lateness_seconds",
    "How long after its due time a timer fired",
    ["kind"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 2, 5, 30, 300),
)
_FAILED = Counter("contactcenter_timer_failures_total", "Timers that failed", ["kind"])
_OVERDUE = Gauge("contactcenter_timers_overdue", "Timers due at the last look")


class Ring(msgspec.Struct, frozen=True):
    """A timer that is due."""

    kind: str
    subject: int
    generation: int
    attempts: int
    late_s: float


class _Next(msgspec.Struct, frozen=True):
    wait_s: float | None


class Timers:
    """`run()` fires what is due, for ever."""

    def __init__(
        self, database: Database, rulebook: RulebookInForce, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._rulebook = rulebook
        self._clock = clock

    async def run(self) -> None:
        """Fire what is due, for ever."""
        while True:
            fired = await self.fire_due()
            if fired < BATCH_MAX:
                await asyncio.sleep(await self._pause())

    async def fire_due(self) -> int:
        """Fire one batch of what is due; returns how many there were."""
        async with self._database.snapshot() as tx:
            rings = await tx.many(Ring, "timers.due", BATCH_MAX)
        _OVERDUE.set(len(rings))
        for kind in sorted({r.kind for r in rings}):
            await self._fire(kind, [r for r in rings if r.kind == kind])
        return len(rings)

    async def _fire(self, kind: str, rings: list[Ring]) -> None:
        try:
            effect = EFFECTS[kind]
            by_subject = {r.subject: r.generation for r in rings}
            book, now = self._rulebook.current, self._clock()
            await self._database.run(lambda tx: effect(tx, by_subject, book, now))
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 -- a poison timer must not stop the others
            if len(rings) > 1:
                for ring in rings:
                    await self._fire(kind, [ring])
                return
            _FAILED.labels(kind).inc()
            _log.warning("a timer failed", kind=kind, subject=rings[0].subject, exc_info=error)
            said = repr(error)[:ERROR_LENGTH_MAX]
            await self._database.run(lambda tx: self._push_back(tx, rings[0], said))
        else:
            for ring in rings:
                _LATE.labels(kind).observe(ring.late_s)

    async def _push_back(self, tx: Tx, ring: Ring, error: str) -> None:
        parked = ring.attempts >= len(DELAYS_S)
        delay = DELAYS_S[min(ring.attempts, len(DELAYS_S) - 1)]
        args = ring.kind, ring.subject, ring.generation, error, float(delay), parked
        if await tx.maybe(int, "timers.push_back", *args) and parked:
            tx.emit(
                facts.TimerParked(
                    at=self._clock(), kind=ring.kind, subject=ring.subject, error=error
                )
            )

    async def _pause(self) -> float:
        async with self._database.snapshot() as tx:
            upcoming = await tx.one(_Next, "timers.next")
        if upcoming.wait_s is None:
            return SLEEP_S_MAX
        return min(max(upcoming.wait_s, 0.0) + 0.001, SLEEP_S_MAX)
