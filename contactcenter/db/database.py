"""The pool and the runner: it opens, commits and repeats transactions, and hands on their facts."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, TypeVar

import asyncpg
import msgspec
from prometheus_client import Counter, Histogram

from contactcenter.db.queries import QUERIES
from contactcenter.db.tx import Tx
from contactcenter.errors import Stale, Unavailable
from contactcenter.facts import Fact

T = TypeVar("T")

CLOSE_S_MAX = 5
ATTEMPTS_MAX = 4
"""An action runs at most this often: once, and again after a deadlock or a stale read."""

JSONB_VERSION = b"\x01"
"""What PostgreSQL's binary form of jsonb begins with."""

_REPEAT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    Stale,
)
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,  # the disk or the memory is full, or the connections
    asyncpg.InternalClientError,  # a server's last words came in between: it is shutting down
    ConnectionError,
    OSError,
    TimeoutError,
)

PASSING = (*_REPEAT, *_GONE)
"""What ends a transaction that may go well the next time, whoever it is that runs it."""

_COMMITS = Counter("contactcenter_log_commits_total", "Commits that appended to the ordered log")
LOCK_WAIT = Histogram(
    "contactcenter_log_lock_wait_seconds",
    "Time waited for the log's lock",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1),
)
LOCK_HELD = Histogram(
    "contactcenter_log_lock_held_seconds",
    "Time from the append to the end of the commit, as this process sees it",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1),
)
_REPEATS = Counter(
    "contactcenter_transaction_repeats_total", "Transactions started again", ["reason"]
)


class _Appended(msgspec.Struct, frozen=True):
    first_seq: int
    waited_us: int


class Database:
    """`committed(first_seq, facts, encoded)` is called after each commit that appended facts.

    `ending(tx)` is called at the end of each action, in its transaction: for what follows from the
    facts, whatever action they are of.
    """

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool
        self.committed: Callable[[int, Sequence[Fact], Sequence[bytes]], None] = _nobody
        self.ending: Callable[[Tx], Awaitable[None]] = _nothing

    @classmethod
    async def open(cls, url: str, *, size: int = 10) -> Self:
        """Connect. Raises `Unavailable` with the reason; not the URL, which may hold a password."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=min(2, size),
                max_size=size,
                init=_prepare,
                command_timeout=10,
                server_settings={
                    "application_name": "contactcenter",
                    # A process frozen between append and commit would hold everybody's commits.
                    "idle_in_transaction_session_timeout": "1000",
                    # A plan that was made while a table was empty is kept when it is full: it has
                    # to use the index from the start.
                    "enable_seqscan": "off",
                    # For short arrays it would plan anew each time, which takes longer than to run.
                    "plan_cache_mode": "force_generic_plan",
                },
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            detail = f"The database cannot be reached: {str(error) or type(error).__name__}"
            raise Unavailable(detail, code="database-unavailable") from error
        return cls(pool)

    async def close(self) -> None:
        """Give running transactions a moment to end."""
        try:
            await asyncio.wait_for(self._pool.close(), CLOSE_S_MAX)
        except TimeoutError:
            self._pool.terminate()

    async def run(self, action: Callable[[Tx], Awaitable[T]]) -> T:
        """Run an action in a transaction of its own.

        Raises what the action raises (and nothing of it is left), or `Unavailable` when the
        database is away; after `Unavailable` the same request may be sent again under its key.
        """
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await self._once(action)
            except _REPEAT as error:
                _REPEATS.labels(type(error).__name__).inc()
                if attempt == ATTEMPTS_MAX:
                    detail = "Too many people changed the same thing at once; try again."
                    raise Unavailable(detail, code="busy", retry_after_s=1) from error
            except _GONE as error:
                raise Unavailable(
                    "The database is not available. What you sent may or may not have been "
                    "saved: send it again under the same key.",
                    code="database-unavailable",
                    retry_after_s=1,
                ) from error
        raise AssertionError

    async def _once(self, action: Callable[[Tx], Awaitable[T]]) -> T:
        async with self._borrow() as connection:
            transaction = connection.transaction()
            try:
                await transaction.start()
                tx = Tx(connection)
                result = await action(tx)
                await self.ending(tx)
                appended, encoded, since = await _write_last(connection, tx)
            except (asyncio.CancelledError, TimeoutError):
                # Cut off in the middle of a statement: nobody else may get this connection.
                connection.terminate()
                raise
            except BaseException:
                if not _is_lost(connection):
                    await transaction.rollback()
                raise
            await transaction.commit()
        if appended is not None:
            _COMMITS.inc()
            LOCK_WAIT.observe(appended.waited_us / 1e6)
            LOCK_HELD.observe(time.perf_counter() - since)
            self.committed(appended.first_seq, tx.facts, encoded)
        return result

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Tx]:
        """A read-only view of one moment, for pages and for those who then follow the log."""
        try:
            async with (
                self._borrow() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                yield Tx(connection)
        except _GONE as error:
            detail = "The database is not available; try again."
            raise Unavailable(detail, code="database-unavailable", retry_after_s=1) from error

    @asynccontextmanager
    async def _borrow(self) -> AsyncGenerator["asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"]:
        try:
            connection = await self._pool.acquire(timeout=10)
        except asyncpg.InterfaceError as error:  # the pool is closed: this process ends
            raise asyncpg.PostgresConnectionError(str(error)) from error
        try:
            yield connection
        except asyncpg.InterfaceError as error:
            if _is_lost(connection):
                raise asyncpg.PostgresConnectionError(str(error)) from error
            raise  # a defect of ours, such as a wrong argument
        finally:
            # A connection that is lost only now takes nothing back of what was done.
            with suppress(*_GONE, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._pool.release(connection)

    async def ping(self) -> None:
        """Raise `Unavailable` unless the database answers."""
        async with self.snapshot() as tx:
            await tx.one(int, "log.ping")


def _is_lost(connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True  # the pool takes a lost connection back at once, from whoever still has it


async def _write_last(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", tx: Tx
) -> tuple[_Appended | None, list[bytes], float]:
    """Timers, then the log: its lock is the last of the lock order, held until the commit."""
    if not tx.facts and not tx.timers:
        return None, [], 0.0
    encoded = [msgspec.json.encode(fact) for fact in tx.facts]
    since = time.perf_counter()
    if tx.timers:
        gone = sorted(key for key, due in tx.timers.items() if due is None)
        due = sorted((t for t in tx.timers.values() if t), key=lambda t: (t.kind, t.subject))
        row = await connection.fetchrow(
            QUERIES["log.end"],
            [kind for kind, _ in gone],
            [subject for _, subject in gone],
            [t.kind for t in due],
            [t.subject for t in due],
            [t.due_at for t in due],
            encoded,
        )
    else:
        row = await connection.fetchrow(QUERIES["log.append"], encoded)
    assert row is not None
    if not tx.facts:
        return None, [], 0.0
    appended = _Appended(row["first_seq"], row["waited_us"])
    return appended, encoded, since + row["before_us"] / 1e6


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """JSON in its binary form, which is the only one that composite types may hold."""
    await connection.set_type_codec(
        "json",
        schema="pg_catalog",
        encoder=_encode,
        decoder=msgspec.json.decode,
        format="binary",
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: JSONB_VERSION + _encode(value),
        decoder=lambda data: msgspec.json.decode(memoryview(data)[1:]),
        format="binary",
    )


def _encode(value: Any) -> bytes:
    return value if isinstance(value, bytes) else msgspec.json.encode(value)


def _nobody(_first: int, _facts: Sequence[Fact], _encoded: Sequence[bytes]) -> None:
    """Facts of a process without readers go to the log only."""


async def _nothing(_tx: Tx) -> None:
    """Without anybody who follows them, nothing follows from facts."""
