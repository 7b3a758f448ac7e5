import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import redis.asyncio as redis
from prometheus_client import REGISTRY

from contactcenter import facts
from contactcenter.live import fanout as module
from contactcenter.live.fanout import FACTS, SIGNALS, Fanout, Signal

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PATIENCE_S = 10


class Process:
    """One process's fanout, and what it was told by the others."""

    def __init__(self, url: str | None, name: str) -> None:
        self.facts: asyncio.Queue[tuple[int, list[bytes]]] = asyncio.Queue()
        self.signals: asyncio.Queue[Signal] = asyncio.Queue()
        self.fanout = Fanout(
            url,
            name,
            lambda first, said: self.facts.put_nowait((first, [bytes(s) for s in said])),
            self.signals.put_nowait,
        )

    def commits(self, first: int, *keys: int) -> list[bytes]:
        said = [facts.KeyRevoked(at=NOW, key=k) for k in keys]
        encoded = [msgspec.json.encode(f) for f in said]
        self.fanout.committed(first, said, encoded)
        return encoded

    async def is_up(self) -> None:
        await in_time(lambda: self.fanout.up)

    async def is_down(self) -> None:
        await in_time(lambda: not self.fanout.up)


@asynccontextmanager
async def started(url: str | None, name: str) -> AsyncIterator[Process]:
    process = Process(url, name)
    running = asyncio.create_task(process.fanout.run())
    try:
        yield process
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await process.fanout.close()


@pytest.fixture
async def two(redis_url: str) -> AsyncIterator[tuple[Process, Process]]:
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(started(redis_url, "here"))
        there = await stack.enter_async_context(started(redis_url, "there"))
        await here.is_up()
        await there.is_up()
        yield here, there


def dropped() -> float:
    return REGISTRY.get_sample_value("contactcenter_redis_dropped_total") or 0


async def in_time(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 -- it tells nobody
            await asyncio.sleep(0.005)


async def told(queue: "asyncio.Queue[Any]") -> Any:
    return await asyncio.wait_for(queue.get(), PATIENCE_S)


async def test_copies_reach_the_others_and_not_ourselves(two: Any) -> None:
    here, there = two
    encoded = here.commits(5, 1, 2)
    back = there.commits(7, 3)

    assert await told(there.facts) == (5, encoded)
    assert await told(here.facts) == (7, back)
    assert (here.facts.empty(), there.facts.empty()) == (True, True)


async def test_a_signal_is_heard_here_at_once_and_there_by_redis(two: Any) -> None:
    here, there = two
    here.fanout.signal("typing", 7, "agent", 3)

    signal = Signal("here", "typing", 7, "agent", 3)
    assert here.signals.get_nowait() == signal
    assert await told(there.signals) == signal
    assert here.signals.empty()


async def test_many_copies_arrive_in_the_order_of_their_sending(two: Any) -> None:
    here, there = two
    for n in range(1, 500):
        here.commits(n, n)

    assert [(await told(there.facts))[0] for _ in range(1, 500)] == list(range(1, 500))


async def test_what_cannot_be_read_stops_nothing(two: Any, redis_url: str) -> None:
    here, there = two
    async with redis.from_url(redis_url) as stranger:
        await stranger.publish(FACTS, b"nonsense")
        await stranger.publish(SIGNALS, b"[]")

    encoded = here.commits(1, 1)

    assert await told(there.facts) == (1, encoded)


async def test_while_redis_is_away_nothing_waits_and_afterwards_it_goes_on(
    two: Any, servers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECONNECT_S", 0.02)
    here, there = two
    await servers.stop_redis()
    await here.is_down()
    before = dropped()
    here.commits(1, 1)
    here.fanout.signal("due")
    assert (dropped() - before, here.signals.qsize()) == (2, 1)

    await servers.start_redis()
    await here.is_up()
    await there.is_up()
    encoded = here.commits(2, 2)

    assert await told(there.facts) == (2, encoded)


async def test_without_redis_there_is_only_this_process() -> None:
    process = Process(None, "alone")
    await process.fanout.run()
    before = dropped()
    process.commits(1, 1)
    process.fanout.signal("due")
    await process.fanout.close()

    assert process.signals.get_nowait().name == "due"
    assert (dropped() - before, process.fanout.up) == (0, False)


async def test_what_a_slow_redis_cannot_take_is_lost_and_not_kept(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 3)
    process = Process(redis_url, "here")
    process.fanout.up = True
    for n in range(1, 10):
        process.commits(n, n)
    assert [msgspec.json.decode(m)[1] for _, m in process.fanout._waiting] == [7, 8, 9]
    await process.fanout.close()
