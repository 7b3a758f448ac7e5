"""One transaction, as an action sees it: typed reads, guarded writes, facts and timers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import asyncpg
import msgspec

from contactcenter.db.queries import QUERIES
from contactcenter.facts import Fact

T = TypeVar("T")


class Due(msgspec.Struct, frozen=True):
    """A timer to be written: one row for (kind, subject), due at a time of the database's clock."""

    kind: str
    subject: int
    due_at: datetime


class Tx:
    """An open transaction. It buffers facts and timers; whoever opened it commits.

    Reads take the type that comes back: a Struct whose fields are the columns, or a scalar for
    a query of one column. This is the only place where rows are untyped.
    """

    def __init__(self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        self._connection = connection
        self.facts: list[Fact] = []
        self.timers: dict[tuple[str, int], Due | None] = {}

    async def one(self, kind: type[T], query: str, *args: Any) -> T:
        """The one row there must be; a query that finds none is a defect."""
        row = await self._connection.fetchrow(QUERIES[query], *args)
        if row is None:
            message = f"{query} found no row"
            raise LookupError(message)
        return convert(kind, row)

    async def maybe(self, kind: type[T], query: str, *args: Any) -> T | None:
        """The row, or None: for a guarded write, None means that somebody else was first."""
        row = await self._connection.fetchrow(QUERIES[query], *args)
        return None if row is None else convert(kind, row)

    async def many(self, kind: type[T], query: str, *args: Any) -> list[T]:
        """All rows, in the query's order."""
        return [convert(kind, row) for row in await self._connection.fetch(QUERIES[query], *args)]

    async def do(self, query: str, *args: Any) -> None:
        """A write of which nothing comes back."""
        await self._connection.execute(QUERIES[query], *args)

    def emit(self, fact: Fact) -> None:
        """Say what has become true; it is written to the log at the end of the transaction."""
        self.facts.append(fact)

    def schedule(self, kind: str, subject: int, due_at: datetime) -> None:
        """Set the timer of that kind and subject; a row there was gets a new generation."""
        self.timers[kind, subject] = Due(kind, subject, due_at)

    def clear(self, kind: str, subject: int) -> None:
        """Take the timer back, if there is one."""
        self.timers[kind, subject] = None


def convert(kind: type[T], row: "asyncpg.Record | Sequence[Any]") -> T:
    """A row as `kind`: a Struct by column names, anything else from the only column."""
    if issubclass(kind, msgspec.Struct):
        # Times come as such from columns, and as text from within JSON: msgspec takes both.
        return msgspec.convert(_plain(row), kind)
    return cast("T", row[0])


def _plain(value: Any) -> Any:
    """Rows, also those within rows and lists, as dicts by column names."""
    match value:
        case asyncpg.Record():
            return {name: _plain(each) for name, each in value.items()}
        case [asyncpg.Record(), *_]:
            return [_plain(each) for each in value]
        case _:
            return value
