from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.db.queries import QUERIES
from contactcenter.db.tx import Tx

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


class Row(msgspec.Struct, frozen=True):
    number: int
    at: datetime | None = None


@pytest.fixture
def ask(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Awaitable[Any]]:
    """Ask a query of the test's own in a transaction of its own."""

    async def run(verb: str, sql: str, *args: Any) -> Any:
        monkeypatch.setitem(QUERIES, "test.query", sql)
        return await database.run(lambda tx: getattr(tx, verb)(*args[:1], "test.query", *args[1:]))

    return run


async def timers(url: str) -> list[tuple[str, int, datetime, int]]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT kind, subject, due_at, generation FROM timer ORDER BY kind, subject"
    )
    await connection.close()
    return [tuple(row) for row in rows]


async def test_one_row_comes_as_the_struct_that_its_columns_name(ask: Any) -> None:
    assert await ask("one", "SELECT 7 AS number, $1::timestamptz AS at", Row, NOW) == Row(7, NOW)


async def test_one_column_comes_as_a_scalar(ask: Any) -> None:
    assert await ask("one", "SELECT $1::text", str, "word") == "word"


async def test_times_within_json_come_as_times(ask: Any) -> None:
    class Outer(msgspec.Struct):
        inner: Row

    sql = """SELECT '{"number": 7, "at": "2026-11-21T10:00:00Z"}'::json AS inner"""
    assert await ask("one", sql, Outer) == Outer(Row(7, NOW))


async def test_encoded_json_goes_in_as_it_is(ask: Any) -> None:
    encoded = msgspec.json.encode([[1, "a"], [2, "b"]])
    assert await ask("one", "SELECT jsonb_array_length($1::jsonb)", int, encoded) == 2


async def test_where_one_row_must_be_none_is_a_defect_that_names_the_query(ask: Any) -> None:
    with pytest.raises(LookupError, match=r"test\.query found no row"):
        await ask("one", "SELECT 1 WHERE false", int)


async def test_maybe_finds_nothing(ask: Any) -> None:
    assert await ask("maybe", "SELECT 1 AS number WHERE false", Row) is None


async def test_maybe_finds_a_row(ask: Any) -> None:
    assert await ask("maybe", "SELECT 1 AS number", Row) == Row(1)


async def test_many_come_in_the_querys_order(ask: Any) -> None:
    sql = "SELECT n FROM generate_series(1, 3) AS n ORDER BY n DESC"
    assert await ask("many", sql, int) == [3, 2, 1]


async def test_facts_are_written_in_the_order_in_which_they_were_emitted(
    database: Database,
) -> None:
    said = [facts.KeyRevoked(at=NOW, key=n) for n in range(1, 40)]

    async def emit(tx: Tx) -> None:
        for fact in said:
            tx.emit(fact)

    await database.run(emit)

    async with database.snapshot() as tx:
        written = [msgspec.convert(r["fact"], facts.Fact) for r in await rows(tx)]
    assert written == said


async def rows(tx: Tx) -> list[dict[str, Any]]:
    class Written(msgspec.Struct):
        fact: Any

    return [{"fact": r.fact} for r in await tx.many(Written, "log.after", 0, 1000)]


async def test_of_two_times_for_one_timer_the_last_counts(
    database: Database, database_url: str
) -> None:
    async def set_twice(tx: Tx) -> None:
        tx.schedule("item_idle", 1, NOW)
        tx.schedule("item_idle", 1, NOW + timedelta(seconds=9))
        tx.schedule("item_idle", 2, NOW)

    await database.run(set_twice)

    assert [t[:3] for t in await timers(database_url)] == [
        ("item_idle", 1, NOW + timedelta(seconds=9)),
        ("item_idle", 2, NOW),
    ]


async def test_a_timer_that_is_set_again_is_of_a_new_generation(
    database: Database, database_url: str
) -> None:
    async def set_it(tx: Tx) -> None:
        tx.schedule("item_idle", 1, NOW)

    await database.run(set_it)
    [first] = await timers(database_url)
    await database.run(set_it)
    [second] = await timers(database_url)

    assert second[3] > first[3]


async def test_a_timer_is_taken_back(database: Database, database_url: str) -> None:
    async def set_them(tx: Tx) -> None:
        tx.schedule("item_idle", 1, NOW)
        tx.schedule("wrapup_end", 1, NOW)

    async def clear(tx: Tx) -> None:
        tx.schedule("item_idle", 1, NOW)
        tx.clear("item_idle", 1)
        tx.clear("item_idle", 404)

    await database.run(set_them)
    await database.run(clear)

    assert [t[:2] for t in await timers(database_url)] == [("wrapup_end", 1)]


async def test_a_timer_that_is_taken_back_and_set_again_is_set(
    database: Database, database_url: str
) -> None:
    async def both(tx: Tx) -> None:
        tx.clear("item_idle", 1)
        tx.schedule("item_idle", 1, NOW)

    await database.run(both)

    assert [t[:2] for t in await timers(database_url)] == [("item_idle", 1)]


async def test_of_an_action_that_raises_neither_facts_nor_timers_are_left(
    database: Database, database_url: str
) -> None:
    async def fail(tx: Tx) -> None:
        tx.schedule("item_idle", 1, NOW)
        tx.emit(facts.KeyRevoked(at=NOW, key=1))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.run(fail)

    assert await timers(database_url) == []
    async with database.snapshot() as tx:
        assert await tx.one(int, "log.last") == 0
