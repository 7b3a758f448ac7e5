import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.db.queries import QUERIES
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, TooMany, Unavailable


class Writing:
    """An action that writes each item down; `gate` holds it, and an item can be poison."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.started = asyncio.Event()

    async def __call__(self, tx: Tx, items: Sequence[str]) -> list[str | Exception]:
        self.calls.append(list(items))
        self.started.set()
        await self.gate.wait()
        for item in items:
            await tx.do("test.write", item)
        if "poison" in items:
            raise ZeroDivisionError
        if "away" in items:
            raise Unavailable("away")
        return [Conflict(i) if i == "refused" else i.upper() for i in items]


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Writing:
    monkeypatch.setitem(QUERIES, "test.write", "INSERT INTO lease VALUES ($1, '', 0, now())")
    return Writing()


@pytest.fixture
async def start(database: Database, writing: Writing) -> AsyncIterator[Callable[..., Any]]:
    """Start a batch over that action; returns it and the task that runs it."""
    tasks: list[asyncio.Task[None]] = []

    def begin(**limits: int) -> tuple[Batch[str, str], asyncio.Task[None]]:
        batch: Batch[str, str] = Batch("test", database, writing, **limits)
        tasks.append(asyncio.create_task(batch.run()))
        return batch, tasks[-1]

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def written(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT name FROM lease ORDER BY name")
    await connection.close()
    return [row["name"] for row in rows]


async def settled(futures: Sequence[asyncio.Future[str]]) -> list[str | BaseException]:
    async with asyncio.timeout(10):
        return await asyncio.gather(*futures, return_exceptions=True)


async def test_what_arrives_while_a_commit_runs_joins_the_next(start: Any, writing: Any) -> None:
    batch, _ = start()
    writing.gate.clear()
    first = batch.submit("a")
    await writing.started.wait()
    rest = [batch.submit(i) for i in "bcd"]
    writing.gate.set()

    assert await settled([first, *rest]) == ["A", "B", "C", "D"]
    assert writing.calls == [["a"], ["b", "c", "d"]]


async def test_a_batch_holds_no_more_than_its_limit(start: Any, writing: Any) -> None:
    batch, _ = start(items_max=2)

    assert await settled([batch.submit(i) for i in "abcde"]) == ["A", "B", "C", "D", "E"]
    assert writing.calls == [["a", "b"], ["c", "d"], ["e"]]


async def test_of_many_one_half_is_written_while_the_other_comes_back(
    start: Any, writing: Any
) -> None:
    batch, _ = start()
    many = [f"{n:02}" for n in range(64)]

    await settled([batch.submit(i) for i in many])

    assert writing.calls == [many[:32], many[32:]]


async def test_who_comes_back_first_is_not_written_alone(start: Any, writing: Any) -> None:
    batch, _ = start()
    writing.gate.clear()
    first = batch.submit("first")
    await writing.started.wait()
    rest = [batch.submit(f"{n:02}") for n in range(63)]
    again = [first.add_done_callback(lambda _: again.append(batch.submit("again")))]
    writing.gate.set()

    await settled(rest)

    assert [len(call) for call in writing.calls] == [1, 32, 32]
    assert await settled(again[1:]) == ["AGAIN"]


async def test_a_refusal_is_of_its_item_alone(start: Any, database_url: str) -> None:
    batch, _ = start()

    first, refused, last = await settled([batch.submit(i) for i in ("a", "refused", "b")])

    assert (first, type(refused), last) == ("A", Conflict, "B")
    assert await written(database_url) == ["a", "b", "refused"]


async def test_a_poison_item_fails_alone(start: Any, writing: Any, database_url: str) -> None:
    batch, _ = start()

    first, poison, last = await settled([batch.submit(i) for i in ("a", "poison", "b")])

    assert (first, type(poison), last) == ("A", ZeroDivisionError, "B")
    assert writing.calls == [["a", "poison", "b"], ["a"], ["poison"], ["b"]]
    assert await written(database_url) == ["a", "b"]


async def test_what_the_statement_refuses_fails_alone_too(start: Any, database_url: str) -> None:
    batch, _ = start()

    results = await settled([batch.submit(i) for i in ("a", "b", "a")])

    assert results[:2] == ["A", "B"]
    assert type(results[2]) is asyncpg.UniqueViolationError
    assert await written(database_url) == ["a", "b"]


async def test_when_the_database_is_away_all_are_told_and_nothing_is_tried_singly(
    start: Any, writing: Any, database_url: str
) -> None:
    batch, _ = start()

    results = await settled([batch.submit(i) for i in ("a", "away", "b")])

    assert [type(r) for r in results] == [Unavailable] * 3
    assert writing.calls == [["a", "away", "b"]]
    assert await written(database_url) == []


async def test_when_the_database_is_away_nothing_that_came_later_is_written_first(
    start: Any, writing: Any, database_url: str
) -> None:
    batch, _ = start()
    writing.gate.clear()
    away = batch.submit("away")
    await writing.started.wait()
    later = batch.submit("later")
    writing.gate.set()

    assert [type(r) for r in await settled([away, later])] == [Unavailable] * 2
    assert await written(database_url) == []
    assert batch.idle


async def test_after_a_failure_the_next_are_written(start: Any) -> None:
    batch, _ = start()
    await settled([batch.submit("poison")])
    await settled([batch.submit("away")])

    assert await settled([batch.submit("a")]) == ["A"]


async def test_what_would_be_too_much_is_refused_at_once(start: Any, writing: Any) -> None:
    batch, _ = start(waiting_max=2)
    writing.gate.clear()
    first = batch.submit("a")
    await writing.started.wait()
    waiting = [batch.submit(i) for i in "bc"]

    refused = batch.submit("d")

    assert type(refused.exception()) is TooMany
    writing.gate.set()
    assert await settled([first, *waiting]) == ["A", "B", "C"]


async def test_who_no_longer_waits_harms_nobody(start: Any, writing: Any) -> None:
    batch, _ = start()
    writing.gate.clear()
    being_written = batch.submit("a")
    await writing.started.wait()
    waiting = [batch.submit(i) for i in "bcd"]
    being_written.cancel()
    waiting[1].cancel()
    writing.gate.set()

    b, c, d = await settled(waiting)
    assert (b, type(c), d) == ("B", asyncio.CancelledError, "D")


async def test_it_is_idle_when_all_is_written(start: Any, writing: Any) -> None:
    batch, _ = start()
    assert batch.idle
    writing.gate.clear()
    future = batch.submit("a")
    assert not batch.idle
    await writing.started.wait()
    assert not batch.idle, "it is being written"
    writing.gate.set()
    await future
    await asyncio.sleep(0)
    assert batch.idle


async def test_at_a_shutdown_nothing_is_lost_that_was_accepted(
    start: Any, database_url: str
) -> None:
    batch, running = start(items_max=3)
    futures = [batch.submit(f"item {i:02}") for i in range(20)]

    while not batch.idle:  # noqa: ASYNC110 -- as the house drains it
        await asyncio.sleep(0)
    running.cancel()

    assert await settled(futures) == [f"ITEM {i:02}" for i in range(20)]
    assert await written(database_url) == [f"item {i:02}" for i in range(20)]


async def test_a_writer_that_is_ended_in_the_middle_leaves_nobody_waiting(
    start: Any, writing: Any, database_url: str
) -> None:
    batch, running = start(items_max=1)
    writing.gate.clear()
    futures = [batch.submit(i) for i in "abc"]
    await writing.started.wait()

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    assert [type(r) for r in await settled(futures)] == [Unavailable] * 3
    assert (batch.idle, await written(database_url)) == (True, [])


async def test_a_writer_that_is_started_again_goes_on(database: Database) -> None:
    async def too_few(_tx: Tx, items: Sequence[str]) -> list[str | Exception]:
        return [i for i in items if i != "bad"]

    batch: Batch[str, str] = Batch("test", database, too_few)
    running = asyncio.create_task(batch.run())
    [answer] = await settled([batch.submit("bad")])
    assert type(answer) is Unavailable
    with pytest.raises(ValueError, match="shorter"):
        await running

    running = asyncio.create_task(batch.run())
    assert await settled([batch.submit("good")]) == ["good"]
    running.cancel()
