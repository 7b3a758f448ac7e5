"""Redis between the processes: copies of facts on their way, and signals that may be lost.

Nothing waits for Redis. What is to be sent is queued here and sent by one task in pipelines; while
Redis is away it is dropped, and the other processes find the facts in the log by themselves.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from prometheus_client import Counter, Gauge
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from contactcenter.facts import Fact
from contactcenter.live.redis import connect
from contactcenter.log import get

FACTS = "contactcenter:facts"
SIGNALS = "contactcenter:signals"
WAITING_MAX = 10_000
PIPELINE_MAX = 100
RECONNECT_S = 0.5
ANSWER_S_MAX = 1.0
"""A Redis that takes longer hangs, and counts as away until it answers."""

_log = get(part="fanout")
_UP = Gauge("contactcenter_redis_up", "1 while Redis answers")
_DROPPED = Counter("contactcenter_redis_dropped_total", "Messages not sent since Redis was away")


class Copies(msgspec.Struct, frozen=True, array_like=True):
    """Facts on their way: who committed them, their first number, and each as JSON."""

    process: str
    first_seq: int
    facts: list[msgspec.Raw]


class Signal(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may be lost: somebody is typing, or work is due. `key` says about what."""

    process: str
    name: str
    key: int = 0
    author_kind: str = ""
    author_id: int = 0


class Fanout:
    """`on_facts(first_seq, encoded)` and `on_signal(signal)` get what other processes sent."""

    def __init__(
        self,
        url: str | None,
        process: str,
        on_facts: Callable[[int, Sequence[msgspec.Raw]], None],
        on_signal: Callable[[Signal], None],
    ) -> None:
        self._process = process
        self._on_facts = on_facts
        self._on_signal = on_signal
        self._waiting: deque[tuple[str, bytes]] = deque(maxlen=WAITING_MAX)
        self._wake = asyncio.Event()
        self._copies = msgspec.json.Decoder(Copies)
        self._signals = msgspec.json.Decoder(Signal)
        self._redis = connect(url) if url else None
        self._answers = False
        self.up = False

    def committed(self, first_seq: int, _facts: Sequence[Fact], encoded: Sequence[bytes]) -> None:
        """Send copies of what this process has just committed."""
        raw = [msgspec.Raw(e) for e in encoded]
        self._queue(FACTS, msgspec.json.encode(Copies(self._process, first_seq, raw)))

    def signal(self, name: str, key: int = 0, author_kind: str = "", author_id: int = 0) -> None:
        """Tell everybody, here at once and elsewhere by Redis."""
        signal = Signal(self._process, name, key, author_kind, author_id)
        self._on_signal(signal)
        self._queue(SIGNALS, msgspec.json.encode(signal))

    async def run(self) -> None:
        """Send and listen, for ever; without a URL there is only this process."""
        if not self._redis:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send(self._redis))
            group.create_task(self._listen(self._redis))

    async def close(self) -> None:
        """Leave Redis."""
        if self._redis:
            with suppress(RedisError, OSError):
                await self._redis.aclose()  # pyright: ignore[reportUnknownMemberType]

    def _queue(self, channel: str, message: bytes) -> None:
        if not self._redis:
            return
        if not self.up:
            _DROPPED.inc()
            return
        self._waiting.append((channel, message))
        self._wake.set()

    async def _send(self, redis: Redis) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                pipeline = redis.pipeline(transaction=False)  # pyright: ignore[reportUnknownMemberType]
                for _ in range(min(PIPELINE_MAX, len(self._waiting))):
                    pipeline.publish(*self._waiting.popleft())  # pyright: ignore[reportUnknownMemberType]
                try:
                    async with asyncio.timeout(ANSWER_S_MAX):
                        await pipeline.execute()  # pyright: ignore[reportUnknownMemberType]
                except (RedisError, OSError, TimeoutError):
                    _DROPPED.inc()
                    self._answers = False

    async def _listen(self, redis: Redis) -> None:
        while True:
            try:
                async with asyncio.timeout(ANSWER_S_MAX):
                    await redis.ping()  # pyright: ignore[reportUnknownMemberType, reportGeneralTypeIssues]
                self._answers = True
                async with redis.pubsub() as feed:  # pyright: ignore[reportUnknownMemberType]
                    await feed.subscribe(FACTS, SIGNALS)  # pyright: ignore[reportUnknownMemberType]
                    self._set(up=True)
                    await self._hear(feed)
            except (RedisError, OSError, TimeoutError) as error:
                if self.up:
                    _log.warning("Redis is gone; the log is polled instead", error=str(error))
                self._set(up=False)
                await asyncio.sleep(RECONNECT_S)

    async def _hear(self, feed: PubSub) -> None:
        while self._answers:
            message: Any = await feed.get_message(  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
                ignore_subscribe_messages=True, timeout=ANSWER_S_MAX
            )
            if message:
                self._take(message["channel"], message["data"])
        raise TimeoutError("what is sent is not answered")

    def _set(self, *, up: bool) -> None:
        self.up = up
        _UP.set(up)

    def _take(self, channel: bytes, data: bytes) -> None:
        try:
            if channel == FACTS.encode():
                copies = self._copies.decode(data)
                if copies.process != self._process:
                    self._on_facts(copies.first_seq, copies.facts)
            else:
                signal = self._signals.decode(data)
                if signal.process != self._process:
                    self._on_signal(signal)
        except msgspec.MsgspecError:
            _log.exception("a message from Redis could not be read")
