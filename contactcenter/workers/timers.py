"""Fire timers: the effect and the end of the row are one transaction, so each fires exactly once.

Every process runs this. Two that see the same due timer lock its subject one after the other, and
the second finds the row gone. A look each second finds what is due before the next look, which is
then kept in memory until its time: the rules count in whole seconds, so that a timer is seen before
it is due. One that is set for less, or for a time that has passed, waits for the next look. The
database's clock decides.

What fell due while nobody fired (the server was down, or the database away) is the backlog. It is
worked off at a bounded rate, and never before what falls due now.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from contactcenter import facts
from contactcenter.actions.alerts import alert_climbs
from contactcenter.actions.case_words import close_due
from contactcenter.actions.escalate import escalate_due
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
from contactcenter.record.alerts import Notice, raise_alert
from contactcenter.record.timers import Rings

LOOK_S = 1.0
KEPT_MAX = 10_000
"""So many timers at most are in memory, however many are pending."""
FIRED_MAX = 500
"""So many at most fire in one transaction."""
BACKLOG_MAX = 500
"""So much of the backlog is worked off between two looks."""
BACKLOG_FIRED_MAX = 50
"""In one transaction: what falls due meanwhile waits for no more."""
PAUSE_S = 5.0
"""Who has not fired for so long has a backlog."""
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
    "case_close": close_due,
    "alert_climb": alert_climbs,
    "escalation": escalate_due,
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


class Seen(msgspec.Struct, frozen=True):
    """What one look finds, each oldest first: due before the next look, and left from before."""

    ahead: list[Ring]
    backlog: list[Ring]


class Timers:
    """`run()` fires what is due, for ever."""

    def __init__(
        self, database: Database, rulebook: RulebookInForce, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._rulebook = rulebook
        self._clock = clock
        self._since: datetime | None = None
        self._active = 0.0

    async def run(self) -> None:
        """Look, and fire each timer when it is due, for ever."""
        while True:
            seen = await self.look()
            looked = _loop_time()
            await self._fire_in_time(seen, looked)
            if len(seen.ahead) < KEPT_MAX:
                await asyncio.sleep(looked + LOOK_S - _loop_time())

    async def look(self) -> Seen:
        """What is due before the next look, and what may be done of the backlog until then."""
        async with self._database.snapshot() as tx:
            if self._since is None or _loop_time() - self._active > PAUSE_S:
                self._since = await tx.one(datetime, "timers.moment")
            ahead = await tx.many(Ring, "timers.upcoming", self._since, LOOK_S, KEPT_MAX)
            backlog = await tx.many(Ring, "timers.backlog", self._since, BACKLOG_MAX)
        self._active = _loop_time()
        _OVERDUE.set(len(backlog) + sum(r.wait_s <= 0 for r in ahead))
        return Seen(ahead, backlog)

    async def fire(self, rings: Sequence[Ring], looked: float) -> None:
        """Fire these together, which were seen at that time of the loop."""
        for kind in sorted({r.kind for r in rings}):
            await self._fire(kind, [r for r in rings if r.kind == kind], looked)
        self._active = _loop_time()

    async def _fire_in_time(self, seen: Seen, looked: float) -> None:
        """Fire what falls due until the next look, and the backlog in between."""
        ahead, backlog = deque(seen.ahead), deque(seen.backlog)
        while ahead or backlog:
            passed = _loop_time() - looked
            if due := _take(ahead, passed - MARGIN_S, FIRED_MAX):
                await self.fire(due, looked)
            elif passed >= LOOK_S:
                return  # who is not due yet, and the backlog, are seen again
            elif left := _take(backlog, passed, BACKLOG_FIRED_MAX):
                await self.fire(left, looked)
            else:
                await asyncio.sleep(ahead[0].wait_s + MARGIN_S - passed)

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
                half = len(rings) // 2
                await self._fire(kind, rings[:half], looked)
                await self._fire(kind, rings[half:], looked)
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
            notice = Notice(
                kind="timer_parked",
                urgency="warning",
                subject_kind=f"timer {ring.kind}",
                subject=ring.subject,
                title=f"The timer {ring.kind} of {ring.subject} has failed too often: {error}",
                values={"timer": ring.kind, "error": error},
            )
            await raise_alert(tx, notice, self._rulebook.current.rules.alerts, self._clock())


def _take(rings: deque[Ring], passed_s: float, count_max: int) -> list[Ring]:
    """The first of them, as far as they are due after so long."""
    taken: list[Ring] = []
    while rings and rings[0].wait_s <= passed_s and len(taken) < count_max:
        taken.append(rings.popleft())
    return taken


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
