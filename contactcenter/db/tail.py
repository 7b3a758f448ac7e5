"""The tail: this process's place in the log, and everybody here who follows it.

Facts come from three sides: from our own commits, from other processes over Redis, and from the
log itself. They are applied in order. A missing number is waited for a few milliseconds (a commit
that is just behind), then read from the log; the log is read each second anyway. Holes are legal.

What a later version wrote and this one cannot read is passed over: nobody here is told of it, and
whoever folds facts looks at `passed_over` and reads its state anew.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from prometheus_client import Counter, Gauge

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Unavailable
from contactcenter.facts import Fact, Unknown
from contactcenter.log import get

READ_MAX = 1000
PATIENCE_S = 0.003
POLL_S = 1.0

Reader = Callable[[int, Fact], None]
"""Called with number and fact, in order; must not block. What it raises is logged, no more."""

_log = get(part="tail")
_POSITION = Gauge("contactcenter_tail_position", "The last number of the log applied here")
_PENDING = Gauge("contactcenter_tail_pending", "Facts that wait for a missing number")
_READ = Counter("contactcenter_tail_catch_ups_total", "Times the log had to be read for a gap")
_FAILED = Counter("contactcenter_tail_reader_errors_total", "Facts that a reader failed on")
_UNKNOWN = Counter(
    "contactcenter_tail_unknown_facts_total", "Facts of a later version, passed over", ["fact"]
)


class LogRow(msgspec.Struct, frozen=True):
    """A row of the log."""

    seq: int
    fact: Fact


class _Row(msgspec.Struct, frozen=True):
    seq: int
    fact: Any


async def read_known(tx: Tx, position: int, limit: int) -> list[LogRow]:
    """The log's next rows after a number, without what this version cannot read."""
    rows = await _read_after(tx, position, limit)
    return [LogRow(seq, fact) for seq, fact in rows if not isinstance(fact, Unknown)]


async def _read_after(tx: Tx, position: int, limit: int) -> list[tuple[int, Fact | Unknown]]:
    rows = await tx.many(_Row, "log.after", position, limit)
    return [(row.seq, facts.read(row.fact)) for row in rows]


class Tail:
    """Start it with `run()`; follow it with `follow()`.

    `position`: the last number applied. `passed_over`: the last one of a fact that this version
    cannot read, 0 for none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers: list[Reader] = []
        self._pending: dict[int, Fact | Unknown] = {}
        self._named: set[str] = set()
        self._hurry = asyncio.Event()
        self._moved = asyncio.Event()
        self.position = 0
        self.passed_over = 0

    async def start(self) -> None:
        """Take the log's end as the place to begin."""
        async with self._database.snapshot() as tx:
            self.position = await tx.one(int, "log.last")

    def follow(self, reader: Reader) -> Callable[[], None]:
        """Call `reader` with every fact from now on; returns what ends that.

        A reader that starts from a snapshot follows first and then takes the snapshot: it skips
        what the snapshot already holds, and misses nothing.
        """
        self._readers.append(reader)
        return lambda: self._readers.remove(reader)

    def offer(self, first_seq: int, told: Sequence[Fact | Unknown]) -> None:
        """Facts that were committed here or elsewhere, whose numbers begin with `first_seq`."""
        for place, fact in enumerate(told):
            if first_seq + place > self.position:
                self._pending[first_seq + place] = fact
        self._drain()
        if self._pending:
            self._hurry.set()

    def offer_encoded(self, first_seq: int, encoded: Sequence[msgspec.Raw]) -> None:
        """The same, for facts that are still JSON."""
        if first_seq + len(encoded) - 1 > self.position:
            self.offer(first_seq, [facts.decode(fact) for fact in encoded])

    async def wait_for(self, seq: int) -> None:
        """Until this process has applied the log up to `seq`."""
        while self.position < seq:
            self._moved.clear()
            await self._moved.wait()

    async def run(self) -> None:
        """Fill gaps and poll, for ever."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._hurry.wait()
                    await asyncio.sleep(PATIENCE_S)
            self._hurry.clear()
            try:
                await self.catch_up()
            except Unavailable:
                _log.warning("the log cannot be read; trying again", position=self.position)
                await asyncio.sleep(POLL_S / 4)

    async def catch_up(self) -> None:
        """Read the log from our place to its end."""
        if self._pending:
            _READ.inc()
        while True:
            async with self._database.snapshot() as tx:
                rows = await _read_after(tx, self.position, READ_MAX)
            for seq, fact in rows:
                if seq > self.position:
                    self._apply(seq, fact)
            self._drain()
            if len(rows) < READ_MAX:
                return

    def _drain(self) -> None:
        while (fact := self._pending.pop(self.position + 1, None)) is not None:
            self._apply(self.position + 1, fact)
        for seq in [s for s in self._pending if s <= self.position]:
            del self._pending[seq]
        _PENDING.set(len(self._pending))

    def _apply(self, seq: int, fact: Fact | Unknown) -> None:
        self.position = seq
        _POSITION.set(seq)
        self._moved.set()
        if isinstance(fact, Unknown):
            self._pass_over(seq, fact)
            return
        for reader in tuple(self._readers):
            try:
                reader(seq, fact)
            except Exception:  # noqa: BLE001 -- one reader stops no other
                _FAILED.inc()
                _log.exception("a reader failed on a fact", seq=seq, fact=type(fact).__name__)

    def _pass_over(self, seq: int, fact: Unknown) -> None:
        self.passed_over = seq
        _UNKNOWN.labels(fact.name).inc()
        if fact.name not in self._named:
            self._named.add(fact.name)
            _log.warning(
                "a fact of a later version is passed over", seq=seq, fact=fact.name, why=fact.why
            )
