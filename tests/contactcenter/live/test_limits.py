"""Token buckets, and how processes count together."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from contactcenter.db.embedded import Servers
from contactcenter.errors import TooMany
from contactcenter.live import limits
from contactcenter.live.limits import Limit, Limits

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
THREE = Limit("test", per_minute=6, burst=3)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def takes(counter: Limits, key: str, now: datetime) -> int:
    """How many can be taken at once."""
    for taken in range(1000):
        try:
            counter.take(THREE, key, now)
        except TooMany:
            return taken
    raise AssertionError


@pytest.fixture
def counter() -> Limits:
    return Limits(None, "one")


def test_a_burst_then_no_more(counter: Limits) -> None:
    assert takes(counter, "a", NOW) == 3


def test_what_is_refused_says_when_to_come_again(counter: Limits) -> None:
    takes(counter, "a", NOW)
    with pytest.raises(TooMany) as refused:
        counter.take(THREE, "a", at(4))
    assert refused.value.retry_after_s == 6


def test_it_fills_again_at_its_rate_up_to_a_burst(counter: Limits) -> None:
    takes(counter, "a", NOW)
    assert takes(counter, "a", at(10)) == 1
    assert takes(counter, "a", at(30)) == 2
    assert takes(counter, "a", at(3600)) == 3


def test_asking_takes_nothing(counter: Limits) -> None:
    for _ in range(10):
        counter.check(THREE, "a", NOW)
    assert takes(counter, "a", NOW) == 3
    with pytest.raises(TooMany):
        counter.check(THREE, "a", NOW)


def test_each_key_and_each_limit_counts_by_itself(counter: Limits) -> None:
    takes(counter, "a", NOW)
    assert takes(counter, "b", NOW) == 3
    counter.take(Limit("other", per_minute=6, burst=1), "a", NOW)


def test_a_clock_that_steps_back_gives_nothing_away(counter: Limits) -> None:
    takes(counter, "a", at(60))
    assert takes(counter, "a", NOW) == 0
    assert takes(counter, "a", at(60)) == 0


def test_the_buckets_used_longest_ago_are_forgotten_first(
    counter: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BUCKETS_MAX", 2)
    for key in ("a", "b"):
        takes(counter, key, NOW)
    counter.check(THREE, "c", NOW)
    assert takes(counter, "b", NOW) == 0
    assert takes(counter, "a", NOW) == 3


@pytest.fixture
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts are exchanged often enough for a test."""
    monkeypatch.setattr(limits, "EXCHANGE_S", 0.02)


async def taken_there_counts_here(one: Limits, other: Limits) -> None:
    """Takes again and again until the other has heard of it: who listens late misses some."""
    for number in range(1000):
        key = f"key {number}"
        takes(one, key, NOW)
        await asyncio.sleep(0.05)
        if takes(other, key, NOW) == 0:
            return
    raise AssertionError


@pytest.mark.usefixtures("_often")
async def test_what_another_process_takes_counts_here(redis_url: str) -> None:
    one, other = Limits(redis_url, "one"), Limits(redis_url, "other")
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(each.run()) for each in (one, other)]
        await taken_there_counts_here(one, other)
        for task in running:
            task.cancel()
    await one.close()
    await other.close()


@pytest.mark.usefixtures("_often")
async def test_takes_are_counted_once_not_again_by_who_took_them(redis_url: str) -> None:
    one, other = Limits(redis_url, "one"), Limits(redis_url, "other")
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(each.run()) for each in (one, other)]
        await taken_there_counts_here(one, other)
        one.take(THREE, "mine", NOW)
        other.take(THREE, "theirs", NOW)
        await taken_there_counts_here(other, one)
        assert takes(one, "mine", NOW) == 2
        for task in running:
            task.cancel()
    await one.close()
    await other.close()


@pytest.mark.usefixtures("_often")
async def test_with_redis_gone_each_process_counts_its_own(
    servers: Servers, redis_url: str
) -> None:
    one, other = Limits(redis_url, "one"), Limits(redis_url, "other")
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(each.run()) for each in (one, other)]
        await taken_there_counts_here(one, other)
        await servers.stop_redis()
        assert takes(one, "gone", NOW) == 3
        await asyncio.sleep(0.1)
        assert takes(other, "gone", NOW) == 3
        await servers.start_redis()
        await taken_there_counts_here(one, other)
        for task in running:
            task.cancel()
    await one.close()
    await other.close()


async def test_debts_are_one_burst_at_most(counter: Limits) -> None:
    counter._count(THREE, "a", 1000, NOW)
    assert takes(counter, "a", at(29)) == 0
    assert takes(counter, "a", at(41)) == 1
