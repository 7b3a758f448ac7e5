"""Webhooks: tells bots what happens in their conversations, at least once and in order.

Two loops in every process. The reader makes events of the log's facts; one process at a time does
so. The sender claims the oldest pending event of each conversation, sends it, and records how it
went. A process that dies in between leaves a lease, after which another sends the event again, with
the same id. A key whose receiver has just failed gets one attempt at a time until one succeeds, so
that it holds up nobody else.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

import msgspec
from prometheus_client import Counter, Gauge

from channels.transport import Transport
from contactcenter.actions.webhooks import claim, record, settle
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.db.tx import Tx
from contactcenter.errors import Unavailable
from contactcenter.facts import Fact
from contactcenter.live.webhook_call import call
from contactcenter.log import get
from contactcenter.model.webhook_sending import Answer, Outcome, Sending, outcome

SENDING_MAX = 16
SENDING_PER_KEY_MAX = 4
POLL_S = 1.0
MEASURE_S = 15.0

T = TypeVar("T")

_EVENTS = Counter(
    "contactcenter_webhook_events_total", "Webhook events by what became of them", ["outcome"]
)
_ATTEMPTS = Counter(
    "contactcenter_webhook_attempts_total", "Webhook requests by how they ended", ["result"]
)
_LAG = Gauge("contactcenter_webhook_reader_lag", "Facts that the webhook reader has before it")
_OLDEST = Gauge("contactcenter_webhook_oldest_pending_seconds", "Age of the oldest pending event")
_log = get(part="webhooks")


class Webhooks:
    """`run()` works until `stop()` is called; cancelled, it leaves its leases to end."""

    def __init__(
        self,
        database: Database,
        tail: Tail,
        transport: Transport,
        now: Callable[[], datetime],
        *,
        poll_s: float = POLL_S,
    ) -> None:
        self._database = database
        self._tail = tail
        self._transport = transport
        self._now = now
        self._poll_s = poll_s
        self._news = asyncio.Event()
        self._work = asyncio.Event()
        self._stopping = False
        self._ended = asyncio.Event()
        self._ended.set()
        self._in_flight: defaultdict[int, int] = defaultdict(int)  # requests by key
        self._failing: set[int] = set()  # keys whose last request failed
        self._settling: Batch[Outcome, bool] = Batch("webhooks", database, settle)

    async def run(self) -> None:
        """Read and send; ends after `stop()`, when what is on its way has been recorded."""
        self._stopping = False
        self._ended.clear()
        unfollow = self._tail.follow(self._hear)
        beside = [asyncio.create_task(t) for t in (self._settling.run(), self._measure())]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._send())
        finally:
            unfollow()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            self._ended.set()

    def stop(self) -> None:
        """Claim nothing more, and let `run()` end."""
        self._stopping = True
        self._news.set()
        self._work.set()

    async def drain(self, within_s: float) -> None:
        """Stop, and give what is on its way so long to be recorded."""
        self.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._ended.wait()

    def _hear(self, _seq: int, fact: Fact) -> None:
        if getattr(fact, "bot", None) is not None:
            self._news.set()

    async def _read(self) -> None:
        while not self._stopping:
            progress = await self._patiently(lambda tx: record(tx, self._now()))
            if progress:
                _LAG.set(max(0, self._tail.position - progress.position))
                _EVENTS.labels("recorded").inc(progress.events)
                if progress.events:
                    self._work.set()
                if progress.more:
                    continue
            await self._rest(self._news)

    async def _send(self) -> None:
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                room = SENDING_MAX - sum(self._in_flight.values())
                claimed = await self._claim(room) if room else []
                for sending in claimed:
                    self._in_flight[sending.api_key_id] += 1
                    group.create_task(self._deliver(sending))
                await self._rest(self._work)

    async def _claim(self, room: int) -> list[Sending]:
        rooms = {
            key: max(0, (1 if key in self._failing else SENDING_PER_KEY_MAX) - self._in_flight[key])
            for key in {*self._in_flight, *self._failing}
        }
        claimed = await self._patiently(
            lambda tx: claim(tx, self._now(), room, SENDING_PER_KEY_MAX, rooms)
        )
        return claimed or []

    async def _deliver(self, sending: Sending) -> None:
        try:
            id_, body = sending.message_id, sending.body
            answer = await call(self._transport, sending.receiver, id_, body, self._now())
            self._judge(sending.api_key_id, answer)
            await self._settle(outcome(sending, answer, self._now()))
        except Exception as error:  # noqa: BLE001 -- it is sent again when its lease ends
            _log.warning("an outcome was not recorded", id=sending.id, exc_info=error)
        finally:
            self._in_flight[sending.api_key_id] -= 1
            self._work.set()

    def _judge(self, key: int, answer: Answer) -> None:
        _ATTEMPTS.labels(f"{answer.status // 100}xx" if answer.status else "unanswered").inc()
        if answer.arrived:
            self._failing.discard(key)
        else:
            self._failing.add(key)

    async def _settle(self, result: Outcome) -> None:
        ours = await self._settling.submit(result)
        _EVENTS.labels(result.state if ours else "late").inc()
        if result.state == "parked":
            _log.warning(
                "an event was given up",
                id=result.sending.id,
                key=result.sending.api_key_id,
                conversation=result.sending.conversation_id,
                error=result.error,
            )

    async def _measure(self) -> None:
        while True:
            oldest = await self._patiently(lambda tx: tx.one(_Oldest, "webhooks.oldest"))
            if oldest:
                age = self._now() - (oldest.at or self._now())
                _OLDEST.set(max(0.0, age.total_seconds()))
            await asyncio.sleep(MEASURE_S)

    async def _patiently(self, action: Callable[[Tx], Awaitable[T]]) -> T | None:
        """Run an action; None when the database is away, in which case the next round tries."""
        try:
            return await self._database.run(action)
        except Unavailable:
            _log.warning("the database is away; trying again")
            return None

    async def _rest(self, event: asyncio.Event) -> None:
        # Not wait_for: before Python 3.12 it can lose a cancellation that comes with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_s):
                await event.wait()
        event.clear()


class _Oldest(msgspec.Struct, frozen=True):
    at: datetime | None
