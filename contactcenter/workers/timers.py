"""Fire timers: the effect and the end of the row are one transaction, so each fires exactly once.

Every process runs this. Two that see the same due timer lock its subject one after the other, and
the second finds the row gone. A look each second finds what is due before the next look, which is
then kept in memory until its time: the rules count in whole seconds, so that a timer is seen before
it is due. One that is set for less, or for a time that has passed, waits for the next look. The
database's clock decides.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from contactcenter import facts
from contactcenter.actions.handle.hold import held_replies_due
from contactcenter.actions.idle import item_idle
from contactcenter.actions.miss import lapse
from contactcenter.actions.presence import grace_ended
from contactcenter.actions.wrap_up import wrap_up_ended
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Unavailable
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.log import get
from contactcenter.model.rulebook import Published
from contactcenter.record.timers import Rings

BATCH_MAX = 200
LOOK_S = 1.0
MARGIN_S = 0.001
"""So much later than it is due by the loop's clock, a timer is due by the database's."""
ERROR_LENGTH_MAX = 500
DELAYS_S = (1, 5, 30, 120, 600)
"""A timer that fails comes again after these; after the last it is parked."""

Effect = Callable[[Tx, Rings, Published, datetime], Awaitable[None]]
EFFECTS: Mapping[str, Effect] = {
    "offer_lapse": lapse,
    "wrapup_end": wrap_up_ended,
    "agent_grace": grace_ended,
    "item_idle": item_idle,
    "held_reply": held_replies_due,
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
    """A timer that is due in `wait_s`; what is less than 0 is late."""

    kind: str
    subject: int
    generation: int
    attempts: int
    wait_s: float


class Timers:
    """`run()` fires what is due, for ever."""

    def __init__(
        self, database: Database, rulebook: RulebookInForce, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._rulebook = rulebook
        self._clock = clock

    async def run(self) -> None:
        """Look, and fire each timer when it is due, for ever."""
        while True:
            upcoming = await self.look()
            looked = _loop_time()
            await self._fire_in_time(upcoming, looked)
            if len(upcoming) < BATCH_MAX:
                await asyncio.sleep(looked + LOOK_S - _loop_time())

    async def look(self) -> list[Ring]:
        """What is due before the next look, oldest first, or the first so many of it."""
        async with self._database.snapshot() as tx:
            upcoming = await tx.many(Ring, "timers.upcoming", LOOK_S, BATCH_MAX)
        _OVERDUE.set(sum(r.wait_s <= 0 for r in upcoming))
        return upcoming

    async def fire(self, rings: Sequence[Ring], looked: float) -> None:
        """Fire these together, which were seen at that time of the loop."""
        for kind in sorted({r.kind for r in rings}):
            await self._fire(kind, [r for r in rings if r.kind == kind], looked)

    async def _fire_in_time(self, upcoming: Sequence[Ring], looked: float) -> None:
        while upcoming:
            passed = _loop_time() - looked
            due = [r for r in upcoming if r.wait_s + MARGIN_S <= passed]
            if due:
                await self.fire(due, looked)
                upcoming = upcoming[len(due) :]
            else:
                await asyncio.sleep(upcoming[0].wait_s + MARGIN_S - passed)

    async def _fire(self, kind: str, rings: list[Ring], looked: float) -> None:
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
                    await self._fire(kind, [ring], looked)
                return
            _FAILED.labels(kind).inc()
            _log.warning("a timer failed", kind=kind, subject=rings[0].subject, exc_info=error)
            said = repr(error)[:ERROR_LENGTH_MAX]
            await self._database.run(lambda tx: self._push_back(tx, rings[0], said))
        else:
            for ring in rings:
                _LATE.labels(kind).observe(_loop_time() - looked - ring.wait_s)

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


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
