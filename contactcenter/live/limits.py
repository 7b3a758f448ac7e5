"""Rate limits: token buckets in this process, to which the other processes' takes are counted.

Nothing waits for Redis: each second one task tells the others what was taken here, and takes off
here what was taken there. While Redis is away each process counts its own.
"""

import asyncio
import math
from collections import Counter, OrderedDict
from contextlib import suppress
from datetime import datetime

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from contactcenter.errors import TooMany
from contactcenter.live.redis import connect
from contactcenter.log import get

TAKEN = "contactcenter:taken"
EXCHANGE_S = 1.0
BUCKETS_MAX = 50_000
"""Beyond that the buckets that were used longest ago are forgotten, and so full again."""

_log = get(part="limits")


class Limit(msgspec.Struct, frozen=True, array_like=True):
    """`burst` at once, then `per_minute`, for each address or caller. `name` is the limit's own."""

    name: str
    per_minute: float
    burst: int


class _Bucket(msgspec.Struct):
    tokens: float
    at: datetime


class _Taken(msgspec.Struct, frozen=True, array_like=True):
    """What a process took since it last told, until `at`."""

    process: str
    at: datetime
    counts: list[tuple[Limit, str, int]]


class Limits:
    """`take` before the work that is limited; `run` keeps in touch with the other processes."""

    def __init__(self, url: str | None, process: str) -> None:
        self._process = process
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self._untold: Counter[tuple[Limit, str]] = Counter()
        self._taken_at: datetime
        self._decoder = msgspec.json.Decoder(_Taken)
        self._redis = connect(url) if url else None

    def take(self, limit: Limit, key: str, now: datetime) -> None:
        """Count one for `key`; `TooMany`, and nothing counted, when there is none left."""
        self.check(limit, key, now)
        self._count(limit, key, 1, now)
        if self._redis:
            self._untold[limit, key] += 1
            self._taken_at = now

    def check(self, limit: Limit, key: str, now: datetime) -> None:
        """`TooMany` when there is none left; counts nothing."""
        bucket = self._bucket(limit, key, now)
        if bucket.tokens < 1:
            wait_s = math.ceil((1 - bucket.tokens) * 60 / limit.per_minute)
            detail = f"Too many requests; come again in {wait_s} seconds."
            raise TooMany(detail, retry_after_s=wait_s)

    async def run(self) -> None:
        """Exchange counts with the other processes, for ever; without a URL there are none."""
        if not self._redis:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell(self._redis))
            group.create_task(self._listen(self._redis))

    async def close(self) -> None:
        """Leave Redis."""
        if self._redis:
            with suppress(RedisError, OSError):
                await self._redis.aclose()  # pyright: ignore[reportUnknownMemberType]

    def _count(self, limit: Limit, key: str, count: int, now: datetime) -> None:
        """A debt of more than one burst is forgiven."""
        bucket = self._bucket(limit, key, now)
        bucket.tokens = max(-float(limit.burst), bucket.tokens - count)

    def _bucket(self, limit: Limit, key: str, now: datetime) -> _Bucket:
        bucket = self._buckets.setdefault((limit.name, key), _Bucket(limit.burst, now))
        self._buckets.move_to_end((limit.name, key))
        if len(self._buckets) > BUCKETS_MAX:
            self._buckets.popitem(last=False)
        elapsed_s = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(limit.burst, bucket.tokens + elapsed_s * limit.per_minute / 60)
        bucket.at = max(bucket.at, now)
        return bucket

    async def _tell(self, redis: Redis) -> None:
        while True:
            await asyncio.sleep(EXCHANGE_S)
            if not self._untold:
                continue
            counts = [(limit, key, count) for (limit, key), count in self._untold.items()]
            self._untold.clear()
            message = msgspec.json.encode(_Taken(self._process, self._taken_at, counts))
            with suppress(RedisError, OSError, TimeoutError):
                async with asyncio.timeout(EXCHANGE_S):
                    await redis.publish(TAKEN, message)  # pyright: ignore[reportUnknownMemberType]

    async def _listen(self, redis: Redis) -> None:
        while True:
            try:
                async with redis.pubsub() as feed:  # pyright: ignore[reportUnknownMemberType]
                    await feed.subscribe(TAKEN)  # pyright: ignore[reportUnknownMemberType]
                    while True:
                        message = await feed.get_message(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                            ignore_subscribe_messages=True, timeout=None
                        )
                        if message:
                            self._hear(message["data"])  # pyright: ignore[reportUnknownArgumentType, reportArgumentType]
            except (RedisError, OSError):
                await asyncio.sleep(EXCHANGE_S)

    def _hear(self, data: bytes) -> None:
        try:
            taken = self._decoder.decode(data)
        except msgspec.MsgspecError:
            _log.exception("a message from Redis could not be read")
            return
        if taken.process == self._process:
            return
        for limit, key, count in taken.counts:
            self._count(limit, key, count, taken.at)
