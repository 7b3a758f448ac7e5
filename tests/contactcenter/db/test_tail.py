import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from contactcenter import facts
from contactcenter.db import tail as module
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail, read_known
from contactcenter.db.tx import Tx

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
Heard = list[tuple[int, int]]


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def elsewhere(database_url: str) -> AsyncIterator[Database]:
    """Another process: what it commits is not handed to our tail."""
    database = await Database.open(database_url, size=4)
    yield database
    await database.close()


@pytest.fixture
async def tail(database: Database) -> Tail:
    """Ours, at the log's end; our own commits are offered to it."""
    tail = Tail(database)
    await tail.start()
    database.committed = lambda first, said, _encoded: tail.offer(first, said)
    return tail


@pytest.fixture
def heard(tail: Tail) -> Heard:
    """What a reader of ours was told: number and key."""
    heard: Heard = []
    tail.follow(lambda seq, fact: heard.append((seq, fact.key)))
    return heard


@asynccontextmanager
async def running(tail: Tail) -> AsyncIterator[None]:
    task = asyncio.create_task(tail.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def revoked(key: int) -> facts.KeyRevoked:
    return facts.KeyRevoked(at=NOW, key=key)


def encoded(key: int) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(revoked(key)))


def emit(*keys: int) -> Callable[[Tx], Any]:
    async def action(tx: Tx) -> None:
        for key in keys:
            tx.emit(revoked(key))

    return action


async def leave_a_hole(raw: Any) -> None:
    transaction = raw.transaction()
    await transaction.start()
    await raw.execute("SELECT log_append(ARRAY[$1::json])", bytes(encoded(0)).decode())
    await transaction.rollback()


async def log_of(raw: Any) -> Heard:
    rows = await raw.fetch("SELECT seq, fact ->> 'key' AS key FROM log ORDER BY seq")
    return [(row["seq"], int(row["key"])) for row in rows]


def replayable(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- chance that a seed replays


async def reached(tail: Tail, seq: int) -> None:
    async with asyncio.timeout(10):
        await tail.wait_for(seq)


async def test_it_begins_at_the_logs_end(database: Database, elsewhere: Database) -> None:
    await elsewhere.run(emit(1, 2))
    tail = Tail(database)
    await tail.start()
    assert tail.position == 2


async def test_our_own_commits_are_heard_before_the_action_returns(
    tail: Tail, heard: Heard, database: Database
) -> None:
    await database.run(emit(7, 8))
    assert (heard, tail.position) == ([(1, 7), (2, 8)], 2)


async def test_many_commits_of_ours_at_once_are_heard_in_order(
    tail: Tail, heard: Heard, database: Database, raw: Any
) -> None:
    async with running(tail):
        await asyncio.gather(*(database.run(emit(n, n)) for n in range(60)))
        await reached(tail, 120)
    assert heard == await log_of(raw)


def test_copies_that_come_out_of_order_are_heard_in_order(tail: Tail, heard: Heard) -> None:
    tail.offer_encoded(4, [encoded(40)])
    tail.offer_encoded(2, [encoded(20), encoded(30)])
    assert heard == []
    tail.offer_encoded(1, [encoded(10)])
    assert heard == [(1, 10), (2, 20), (3, 30), (4, 40)]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_and_however_often_each_is_heard_once(
    tail: Tail, heard: Heard, seed: int
) -> None:
    chance = replayable(seed)
    copies = [(1, [1, 2, 3]), (4, [4]), (5, [5, 6]), (7, [7, 8, 9, 10])] * 2
    chance.shuffle(copies)
    for first, keys in copies:
        tail.offer_encoded(first, [encoded(k) for k in keys])
    assert heard == [(n, n) for n in range(1, 11)]


async def test_a_gap_is_filled_from_the_log(
    tail: Tail, heard: Heard, elsewhere: Database, raw: Any
) -> None:
    async with running(tail):
        await elsewhere.run(emit(1))
        await elsewhere.run(emit(2))
        await elsewhere.run(emit(3))
        tail.offer_encoded(3, [encoded(3)])
        await reached(tail, 3)
    assert heard == await log_of(raw) == [(1, 1), (2, 2), (3, 3)]


async def test_holes_are_passed_over(
    tail: Tail, heard: Heard, database: Database, raw: Any
) -> None:
    async with running(tail):
        await database.run(emit(1))
        await leave_a_hole(raw)
        await database.run(emit(2))
        await leave_a_hole(raw)
        await leave_a_hole(raw)
        await database.run(emit(3))
        await reached(tail, 6)
    assert heard == [(1, 1), (3, 2), (6, 3)]


async def test_nothing_is_kept_of_what_was_heard(tail: Tail, database: Database, raw: Any) -> None:
    await leave_a_hole(raw)
    await database.run(emit(1))
    await tail.catch_up()
    assert (tail.position, tail._pending) == (2, {})


async def test_without_copies_the_log_is_polled(
    tail: Tail, heard: Heard, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.02)
    async with running(tail):
        await elsewhere.run(emit(1))
        await reached(tail, 1)
        await elsewhere.run(emit(2, 3))
        await reached(tail, 3)
    assert heard == [(1, 1), (2, 2), (3, 3)]


async def test_a_long_log_is_read_in_pages(
    tail: Tail, heard: Heard, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_MAX", 3)
    await elsewhere.run(emit(*range(1, 9)))
    await tail.catch_up()
    assert heard == [(n, n) for n in range(1, 9)]


async def test_a_restart_of_postgresql_loses_nothing(
    tail: Tail,
    heard: Heard,
    database: Database,
    elsewhere: Database,
    servers: Any,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.1)
    async with running(tail):
        await elsewhere.run(emit(1))
        await database.run(emit(2))
        await servers.stop_postgres()
        await asyncio.sleep(0.3)  # the poll finds nobody, and goes on
        await servers.start_postgres()
        await elsewhere.run(emit(3))
        await database.run(emit(4))
        connection = await asyncpg.connect(database_url)
        written = await log_of(connection)
        await connection.close()
        await reached(tail, written[-1][0])
    assert heard == written
    assert [key for _, key in heard] == [1, 2, 3, 4]


class Process:
    """It hears its own commits at once, and the others' as copies, late, jumbled or lost."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self.database = database
        self.tail = Tail(database)
        self.told: Heard = []
        self.others: list[Process] = []
        self._chance = chance
        self.tail.follow(lambda seq, fact: self.told.append((seq, fact.key)))
        database.committed = self._committed

    def _committed(self, first: int, said: Any, encoded: Any) -> None:
        self.tail.offer(first, said)
        copies = [msgspec.Raw(e) for e in encoded]
        later = asyncio.get_running_loop().call_later
        for other in self.others:
            if self._chance.random() < 0.8:
                later(self._chance.random() * 0.02, other.tail.offer_encoded, first, copies)

    async def write(self) -> None:
        for n in range(40):
            await self.database.run(emit(*[n] * (1 + n % 3)))


async def test_several_processes_hear_the_same(
    database_url: str, raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL_S", 0.2)
    processes = [Process(await Database.open(database_url, size=3), replayable(1)) for _ in "123"]
    for process in processes:
        process.others = [p for p in processes if p is not process]
    tasks = [asyncio.create_task(p.tail.run()) for p in processes]

    await asyncio.gather(*(p.write() for p in processes * 2), *[leave_holes(raw)])

    written = await log_of(raw)
    for process in processes:
        await reached(process.tail, written[-1][0])
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for process in processes:
        await process.database.close()
    assert [p.told for p in processes] == [written] * 3


async def leave_holes(raw: Any) -> None:
    for _ in range(10):
        await leave_a_hole(raw)
        await asyncio.sleep(0.02)


async def test_a_reader_that_raises_stops_nobody(tail: Tail, heard: Heard) -> None:
    def failures() -> float:
        return REGISTRY.get_sample_value("contactcenter_tail_reader_errors_total") or 0

    def fail(_seq: int, _fact: Any) -> None:
        raise ZeroDivisionError

    after: list[int] = []
    tail.follow(fail)
    tail.follow(lambda seq, _fact: after.append(seq))
    before = failures()

    tail.offer(1, [revoked(1), revoked(2)])

    assert (heard, after, failures() - before) == ([(1, 1), (2, 2)], [1, 2], 2)


async def test_who_has_stopped_following_hears_nothing_more(tail: Tail) -> None:
    heard: list[int] = []
    stop = tail.follow(lambda seq, _fact: heard.append(seq))
    tail.offer(1, [revoked(1)])
    stop()
    tail.offer(2, [revoked(2)])
    assert heard == [1]


async def test_a_reader_may_stop_while_it_is_told(tail: Tail, heard: Heard) -> None:
    told: list[int] = []

    def once(seq: int, _fact: Any) -> None:
        told.append(seq)
        stop()

    stop = tail.follow(once)
    last: list[int] = []
    tail.follow(lambda seq, _fact: last.append(seq))
    tail.offer(1, [revoked(1), revoked(2)])
    assert (told, [n for n, _ in heard], last) == ([1], [1, 2], [1, 2])


async def test_all_who_wait_for_a_number_are_woken_by_it(tail: Tail) -> None:
    waiting = [asyncio.create_task(tail.wait_for(n)) for n in (1, 2, 2)]
    await asyncio.sleep(0)
    tail.offer(1, [revoked(1)])
    await waiting[0]
    assert not waiting[1].done()
    tail.offer(2, [revoked(2)])
    await asyncio.gather(*waiting)


LATER = '{"fact": "MoonRisen", "at": "2030-01-01T00:00:00Z", "key": 9}'
"""What a later version writes."""


def unknown() -> float:
    name = "contactcenter_tail_unknown_facts_total"
    return REGISTRY.get_sample_value(name, {"fact": "MoonRisen"}) or 0


async def test_a_fact_of_a_later_version_is_passed_over_wherever_it_comes_from(
    tail: Tail, heard: Heard, database: Database, raw: Any
) -> None:
    before = unknown()
    await database.run(emit(1))
    await raw.execute("SELECT log_append(ARRAY[$1::json])", LATER)
    await database.run(emit(3))
    with capture_logs() as lines:
        await tail.catch_up()
        tail.offer_encoded(4, [encoded(4), msgspec.Raw(LATER.encode()), encoded(6)])
    assert heard == [(1, 1), (3, 3), (4, 4), (6, 6)]
    assert (tail.position, tail.passed_over, unknown() - before) == (6, 5, 2)
    [line] = [one for one in lines if one["log_level"] == "warning"]  # one of each name
    assert (line["fact"], line["seq"]) == ("MoonRisen", 2)


async def test_the_log_is_read_without_what_is_not_known(database: Database, raw: Any) -> None:
    await database.run(emit(1))
    await raw.execute("SELECT log_append(ARRAY[$1::json])", LATER)
    await database.run(emit(3))
    async with database.snapshot() as tx:
        rows = await read_known(tx, 0, 10)
    assert [(row.seq, row.fact) for row in rows] == [(1, revoked(1)), (3, revoked(3))]
