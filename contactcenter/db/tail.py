"""The tail: this process's place in the log, and everybody here who follows it.

Facts come from three sides: from our own commits, from other processes over Redis, and from the
log itself. They are applied in order. A missing number is waited for a few milliseconds (a commit
that is just behind), then read from the log; the log is read each second anyway. Holes are legal.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec
from prometheus_client import Counter, Gauge

from contactcenter.db.database import Database
from contactcenter.errors import Unavailable
from contactcenter.facts import Fact
from contactcenter.log import get

READ_MAX = 1000
PATIENCE_S = 0.003
POLL_S = 1.0

Reader = Callable[[int, Fact], None]
"""Called with number and fact, in order; must not block. What it raises is logged, no more."""

_decoder: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)
_log = get(part="tail")
_POSITION = Gauge("contactcenter_tail_position", "The last number of the log applied here")
_PENDING = Gauge("contactcenter_tail_pending", "Facts that wait for a missing number")
_READ = Counter("contactcenter_tail_catch_ups_total", "Times the log had to be read for a gap")
_FAILED = Counter("contactcenter_tail_reader_errors_total", "Facts that a reader failed on")


class LogRow(msgspec.Struct, frozen=True):
    """A row of the log."""

    seq: int
    fact: Fact


class Tail:
    """Start it with `run()`; follow it with `follow()`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._readers: list[Reader] = []
        self._pending: dict[int, Fact] = {}
        self._hurry = asyncio.Event()
        self._moved = asyncio.Event()
        self.position = 0

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

    def offer(self, first_seq: int, facts: Sequence[Fact]) -> None:
        """Facts that were committed here or elsewhere, whose numbers begin with `first_seq`."""
        for place, fact in enumerate(facts):
            if first_seq + place > self.position:
                self._pending[first_seq + place] = fact
        self._drain()
        if self._pending:
            self._hurry.set()

    def offer_encoded(self, first_seq: int, encoded: Sequence[msgspec.Raw]) -> None:
        """The same, for facts that are still JSON."""
        if first_seq + len(encoded) - 1 > self.position:
            self.offer(first_seq, [_decoder.decode(fact) for fact in encoded])

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
                rows = await tx.many(LogRow, "log.after", self.position, READ_MAX)
            for row in rows:
                if row.seq > self.position:
                    self._apply(row.seq, row.fact)
            self._drain()
            if len(rows) < READ_MAX:
                return

    def _drain(self) -> None:
        while (fact := self._pending.pop(self.position + 1, None)) is not None:
            self._apply(self.position + 1, fact)
        for seq in [s for s in self._pending if s <= self.position]:
            del self._pending[seq]
        _PENDING.set(len(self._pending))

    def _apply(self, seq: int, fact: Fact) -> None:
        self.position = seq
        _POSITION.set(seq)
        self._moved.set()
        for reader in tuple(self._readers):
            try:
                reader(seq, fact)
            except Exception:  # noqa: BLE001 -- one reader stops no other
                _FAILED.inc()
                _log.exception("a reader failed on a fact", seq=seq, fact=type(fact).__name__)
