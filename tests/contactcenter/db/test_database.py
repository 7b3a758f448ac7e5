import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
import pytest
from prometheus_client import REGISTRY

from contactcenter import facts
from contactcenter.db.database import ATTEMPTS_MAX, Database
from contactcenter.db.queries import QUERIES
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, Stale, Unavailable

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
WRITERS = 8
COMMITS = 60

QUERIES_OF_TESTS = {
    "test.pid": "SELECT pg_backend_pid()",
    "test.sleep": "SELECT 1 FROM pg_sleep(0.2)",
    "test.lease": "INSERT INTO lease VALUES ($1, '', 0, now())",
    "test.lock": "SELECT 1 FROM lease WHERE name = $1 FOR UPDATE",
    "test.isolate": "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "test.count": "SELECT count(*) FROM lease",
}


@pytest.fixture(autouse=True)
def queries(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, sql in QUERIES_OF_TESTS.items():
        monkeypatch.setitem(QUERIES, name, sql)


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection beside the pool, as another program has it."""
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def revoked(key: int) -> facts.KeyRevoked:
    return facts.KeyRevoked(at=NOW, key=key)


def emit(*keys: int) -> Callable[[Tx], Any]:
    async def action(tx: Tx) -> None:
        for key in keys:
            tx.emit(revoked(key))

    return action


def repeats(reason: str) -> float:
    name = "contactcenter_transaction_repeats_total"
    return REGISTRY.get_sample_value(name, {"reason": reason}) or 0


async def log_of(raw: Any) -> list[tuple[int, int]]:
    return [
        (row["seq"], msgspec.json.decode(row["fact"])["key"])
        for row in await raw.fetch("SELECT seq, fact::text FROM log ORDER BY seq")
    ]


async def waits_for_a_lock(raw: Any) -> None:
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
    async with asyncio.timeout(5):
        while not await raw.fetchval(waiting):
            pass


# The log ----------------------------------------------------------------------------------------


async def test_a_later_number_is_not_visible_before_an_earlier_one(
    database: Database, raw: Any
) -> None:
    transaction = raw.transaction()
    await transaction.start()
    await raw.execute("SELECT log_append(ARRAY[$1::json])", revoked_json(1))

    second = asyncio.create_task(database.run(emit(2)))
    await waits_for_a_lock(raw)
    assert await read_after(database, 0) == []

    await transaction.commit()
    await second
    assert await read_after(database, 0) == [(1, 1), (2, 2)]


async def test_a_reader_misses_nothing_of_eight_writers(database_url: str, raw: Any) -> None:
    seen = await write_and_read(database_url, raw)

    assert seen == await log_of(raw)
    numbers = [number for number, _ in seen]
    assert len(numbers) < numbers[-1], "some were rolled back, and left holes"


async def test_without_the_lock_that_reader_would_miss_some(database_url: str, raw: Any) -> None:
    """The experiment itself is put to the test: it finds the fault where there is one."""
    source = await raw.fetchval("SELECT pg_get_functiondef('log_append'::regproc)")
    await raw.execute(source.replace("PERFORM pg_advisory_xact_lock(20261121);", ""))

    assert await write_and_read(database_url, raw) != await log_of(raw)


async def write_and_read(database_url: str, raw: Any) -> list[tuple[int, int]]:
    """What somebody reads who follows the log while four processes of two writers fill it."""
    await raw.execute("""
        CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_sleep(random() * 0.002); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON log
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dawdle()
    """)
    seen: list[tuple[int, int]] = []

    async def write(database: Database, writer: int) -> None:
        for turn in range(COMMITS):
            await database.run(emit(*[1000 * writer + turn] * (1 + turn % 3)))

    async def take_back() -> None:
        connection = await asyncpg.connect(database_url)
        for _ in range(COMMITS // 4):
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("SELECT log_append(ARRAY[$1::json])", revoked_json(0))
            await transaction.rollback()
            await asyncio.sleep(0.01)
        await connection.close()

    async def read() -> None:
        while True:
            seen.extend(await read_after(follower, seen[-1][0] if seen else 0))

    async with AsyncExitStack() as stack:
        processes = [await opened(stack, database_url) for _ in range(WRITERS // 2)]
        follower = await opened(stack, database_url)
        reading = asyncio.create_task(read())
        await asyncio.gather(
            take_back(), *(write(processes[w % len(processes)], w) for w in range(1, WRITERS + 1))
        )
        await asyncio.sleep(0.05)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        seen.extend(await read_after(follower, seen[-1][0]))
    return seen


async def opened(stack: AsyncExitStack, url: str) -> Database:
    database = await Database.open(url, size=2)
    stack.push_async_callback(database.close)
    return database


async def read_after(database: Database, cursor: int) -> list[tuple[int, int]]:
    class Written(msgspec.Struct):
        seq: int
        fact: facts.KeyRevoked

    async with database.snapshot() as tx:
        return [(r.seq, r.fact.key) for r in await tx.many(Written, "log.after", cursor, 10_000)]


def revoked_json(key: int) -> str:
    return msgspec.json.encode(revoked(key)).decode()


async def test_a_process_that_freezes_with_the_logs_lock_is_put_out(
    database: Database, raw: Any
) -> None:
    frozen = await database._pool.acquire()
    transaction = frozen.transaction()
    await transaction.start()
    await frozen.execute("SELECT log_append(ARRAY[$1::json])", revoked(1))

    await database.run(emit(2))

    assert await log_of(raw) == [(2, 2)]
    with pytest.raises(asyncpg.InterfaceError):
        await transaction.commit()
    await database._pool.release(frozen)


async def test_what_was_committed_is_handed_on_once_with_its_first_number(
    database: Database,
) -> None:
    heard: list[Any] = []
    database.committed = lambda *given: heard.append(given)

    await database.run(emit(1))
    await database.run(emit(2, 3))
    await database.run(emit())

    def encoded(*keys: int) -> list[bytes]:
        return [msgspec.json.encode(revoked(k)) for k in keys]

    assert heard == [
        (1, [revoked(1)], encoded(1)),
        (2, [revoked(2), revoked(3)], encoded(2, 3)),
    ]


async def test_what_was_refused_is_not_handed_on(database: Database) -> None:
    heard: list[Any] = []
    database.committed = lambda *given: heard.append(given)

    async def refuse(tx: Tx) -> None:
        tx.emit(revoked(1))
        raise Conflict("no")

    with pytest.raises(Conflict):
        await database.run(refuse)

    assert heard == []


# Starting again ---------------------------------------------------------------------------------


async def test_who_is_in_a_deadlock_starts_again_and_both_succeed(database: Database) -> None:
    both = asyncio.Barrier(2)
    before = repeats("DeadlockDetectedError")
    calls: list[str] = []

    def lock(first: str, second: str) -> Callable[[Tx], Any]:
        async def action(tx: Tx) -> str:
            calls.append(first)
            await tx.one(int, "test.lock", first)
            if len(calls) <= 2:
                await both.wait()
            await tx.one(int, "test.lock", second)
            return first

        return action

    for name in "ab":
        await database.run(lambda tx, name=name: tx.do("test.lease", name))

    done = await asyncio.gather(database.run(lock("a", "b")), database.run(lock("b", "a")))

    assert done == ["a", "b"]
    # As a rule it is one; where both have waited long enough when PostgreSQL looks, it is each.
    again = repeats("DeadlockDetectedError") - before
    assert 1 <= again <= 2
    assert len(calls) == 2 + again


async def test_of_two_that_cannot_be_put_in_an_order_one_starts_again(database: Database) -> None:
    both = asyncio.Barrier(2)
    before = repeats("SerializationError")
    counts: list[int] = []

    def insert(name: str) -> Callable[[Tx], Any]:
        async def action(tx: Tx) -> int:
            await tx.do("test.isolate")
            counts.append(await tx.one(int, "test.count"))
            if len(counts) <= 2:
                await both.wait()
            await tx.do("test.lease", name)
            return counts[-1]

        return action

    done = await asyncio.gather(database.run(insert("a")), database.run(insert("b")))

    assert (counts, sorted(done)) == ([0, 0, 1], [0, 1])
    assert repeats("SerializationError") - before == 1


async def test_what_was_stale_starts_again_from_nothing(database: Database, raw: Any) -> None:
    calls: list[int] = []

    async def action(tx: Tx) -> int:
        calls.append(1)
        await tx.do("test.lease", "a")
        tx.emit(revoked(len(calls)))
        if len(calls) < ATTEMPTS_MAX:
            raise Stale
        return len(calls)

    assert await database.run(action) == ATTEMPTS_MAX
    assert [key for _, key in await log_of(raw)] == [ATTEMPTS_MAX]


async def test_after_four_attempts_it_is_busy(database: Database, raw: Any) -> None:
    calls: list[int] = []

    async def action(tx: Tx) -> None:
        calls.append(1)
        await tx.do("test.lease", "a")
        raise Stale

    with pytest.raises(Unavailable) as refused:
        await database.run(action)

    assert (refused.value.code, len(calls), refused.value.retry_after_s) == ("busy", 4, 1)
    assert await raw.fetchval("SELECT count(*) FROM lease") == 0


# Away -------------------------------------------------------------------------------------------


async def lose(tx: Tx, raw: Any) -> None:
    """End the connection of a transaction from outside."""
    await raw.fetchval("SELECT pg_terminate_backend($1, 1000)", await tx.one(int, "test.pid"))


async def lost_then_asked(tx: Tx, raw: Any) -> None:
    await tx.do("test.lease", "a")
    await lose(tx, raw)
    await asyncio.sleep(0.02)
    await tx.one(int, "test.pid")


async def lost_before_the_facts(tx: Tx, raw: Any) -> None:
    await tx.do("test.lease", "a")
    tx.emit(revoked(1))
    await lose(tx, raw)


async def lost_before_the_commit(tx: Tx, raw: Any) -> None:
    await tx.do("test.lease", "a")
    await lose(tx, raw)
    await asyncio.sleep(0.02)


async def lost_within_a_query(tx: Tx, raw: Any) -> None:
    await tx.do("test.lease", "a")
    pid = await tx.one(int, "test.pid")
    sleeping = asyncio.create_task(tx.one(int, "test.sleep"))
    await asyncio.sleep(0.02)
    await raw.fetchval("SELECT pg_terminate_backend($1)", pid)
    await sleeping


@pytest.mark.parametrize(
    "losing",
    [lost_then_asked, lost_before_the_facts, lost_before_the_commit, lost_within_a_query],
)
async def test_a_connection_that_is_lost_before_the_commit_leaves_nothing(
    database: Database, raw: Any, losing: Any
) -> None:
    with pytest.raises(Unavailable) as refused:
        await database.run(lambda tx: losing(tx, raw))

    assert (refused.value.code, refused.value.retry_after_s) == ("database-unavailable", 1)
    assert await raw.fetchval("SELECT count(*) FROM lease") == 0
    assert await log_of(raw) == []
    assert await database.run(lambda tx: tx.one(int, "test.count")) == 0, "the next one works"


async def test_a_connection_that_is_lost_at_the_commit_leaves_nothing_half_written(
    database: Database, raw: Any
) -> None:
    heard: list[Any] = []
    database.committed = lambda *given: heard.append(given)
    await raw.execute("""
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER die AFTER INSERT ON log
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()
    """)

    async def action(tx: Tx) -> None:
        await tx.do("test.lease", "a")
        tx.emit(revoked(1))

    with pytest.raises(Unavailable):
        await database.run(action)

    assert await raw.fetchval("SELECT count(*) FROM lease") == 0
    assert (await log_of(raw), heard) == ([], [])


async def test_a_refusal_stays_one_though_its_connection_is_lost(
    database: Database, raw: Any
) -> None:
    async def action(tx: Tx) -> None:
        await lose(tx, raw)
        await asyncio.sleep(0.02)
        raise Conflict("no")

    with pytest.raises(Conflict):
        await database.run(action)


async def test_a_snapshot_whose_connection_is_lost_is_unavailable(
    database: Database, raw: Any
) -> None:
    async def read() -> None:
        async with database.snapshot() as tx:
            await lose(tx, raw)
            await tx.one(int, "test.pid")

    with pytest.raises(Unavailable):
        await read()


async def test_while_the_database_is_away_it_is_unavailable_and_after_it_as_before(
    servers: Any, database: Database
) -> None:
    await servers.stop_postgres()
    try:
        with pytest.raises(Unavailable):
            await database.run(emit(1))
        with pytest.raises(Unavailable):
            await database.ping()
    finally:
        await servers.start_postgres()

    await database.ping()
    await database.run(emit(1))


async def test_an_address_where_no_database_is_is_said_without_its_password() -> None:
    with pytest.raises(Unavailable) as refused:
        await Database.open("postgresql://someone:hidden@127.0.0.1:1/nothing")

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ((), asyncpg.UndefinedParameterError),
        ((7,), asyncpg.DataError),
        (("a", 7), asyncpg.InterfaceError),
    ],
)
async def test_a_defect_of_ours_is_not_called_the_databases(
    database: Database, args: tuple[object, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await database.run(lambda tx: tx.do("test.lease", *args))
    with pytest.raises(error):
        async with database.snapshot() as tx:
            await tx.do("test.lease", *args)

    await database.ping()


# Reading ----------------------------------------------------------------------------------------


async def test_a_snapshot_is_of_one_moment(database: Database) -> None:
    async with database.snapshot() as tx:
        before = await tx.one(int, "log.last")
        await database.run(emit(1))
        assert await tx.one(int, "log.last") == before
    async with database.snapshot() as tx:
        assert await tx.one(int, "log.last") == before + 1


async def test_in_a_snapshot_nothing_is_written(database: Database) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with database.snapshot() as tx:
            await tx.do("test.lease", "a")


async def test_closing_does_not_wait_for_ever_for_what_never_ends(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contactcenter.db.database.CLOSE_S_MAX", 0.1)
    database = await Database.open(database_url, size=1)
    started = asyncio.Event()

    async def endless(tx: Tx) -> None:
        started.set()
        while True:
            await tx.one(int, "test.sleep")

    running = asyncio.create_task(database.run(endless))
    await started.wait()
    await database.close()
    with pytest.raises((Unavailable, asyncio.CancelledError)):
        await running
