"""Automations: what the rulebook has done by itself, a moment after something has happened.

Every process runs this, and one at a time has the place in the log. A rule that fails is told to
the next attempt, which remembers that it did and goes on with the others.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from prometheus_client import Counter, Gauge

from contactcenter.actions.automate import Progress, RuleFailed, automate
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.errors import Unavailable
from contactcenter.facts import Fact
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.log import get
from contactcenter.model.triggered import KINDS

POLL_S = 1.0

_RUNS = Counter(
    "contactcenter_automation_runs_total", "Automations by what became of them", ["outcome"]
)
_LAG = Gauge("contactcenter_automation_lag", "Facts that the automations have before them")
_log = get(part="automations")


class Automations:
    """`run()` works for ever."""

    def __init__(
        self,
        database: Database,
        tail: Tail,
        rulebook: RulebookInForce,
        clock: Callable[[], datetime],
        *,
        poll_s: float = POLL_S,
    ) -> None:
        self._database = database
        self._tail = tail
        self._rulebook = rulebook
        self._clock = clock
        self._poll_s = poll_s
        self._news = asyncio.Event()
        self._failures: dict[tuple[int, str], str] = {}

    async def run(self) -> None:
        """Fact after fact while there are any, then wait for news."""
        unfollow = self._tail.follow(self._hear)
        try:
            while True:
                progress = await self._step()
                if progress is None or not progress.more:
                    await self._rest()
        finally:
            unfollow()

    async def _step(self) -> Progress | None:
        book = self._rulebook.current
        try:
            progress = await self._database.run(
                lambda tx: automate(tx, book, self._failures, self._clock())
            )
        except RuleFailed as failed:
            _log.warning("a rule failed", rule=failed.name, seq=failed.seq, why=str(failed))
            self._failures[failed.seq, failed.name] = str(failed)
            return Progress(failed.seq - 1, [], more=True)
        except Unavailable:
            _log.warning("the database is away; trying again")
            return None
        if progress:
            self._failures = {k: v for k, v in self._failures.items() if k[0] > progress.position}
            _LAG.set(max(0, self._tail.position - progress.position))
            for outcome in progress.outcomes:
                _RUNS.labels(outcome).inc()
        return progress

    def _hear(self, _seq: int, fact: Fact) -> None:
        if type(fact).__name__ in KINDS and self._rulebook.current.rules.automations:
            self._news.set()

    async def _rest(self) -> None:
        # Not wait_for: before Python 3.12 it can lose a cancellation that comes with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_s):
                await self._news.wait()
        self._news.clear()
