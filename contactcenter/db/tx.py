"""One transaction, as an action sees it: typed reads, guarded writes, facts and timers."""

from datetime import datetime
from functools import cache
from typing import Any, TypeVar, cast

import asyncpg
import msgspec
from msgspec import inspect

from contactcenter.db.queries import QUERIES
from contactcenter.facts import Fact

T = TypeVar("T")

_PLAIN = (
    inspect.AnyType,
    inspect.BoolType,
    inspect.BytesType,
    inspect.DateTimeType,
    inspect.FloatType,
    inspect.IntType,
    inspect.LiteralType,
    inspect.NoneType,
    inspect.StrType,
)


class Due(msgspec.Struct, frozen=True):
    """A timer to be written: one row for (kind, subject), due at a time of the database's clock."""

    kind: str
    subject: int
    due_at: datetime


class Tx:
    """An open transaction. It buffers facts and timers; whoever opened it commits.

    `depth`: by how many automations in a row its facts come about.

    Reads take the type that comes back: a Struct whose fields are the columns, or a scalar for
    a query of one column. This is the only place where rows are untyped.
    """

    def __init__(self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]") -> None:
        self._connection = connection
        self.facts: list[Fact] = []
        self.depth = 0
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
        self.facts.append(msgspec.structs.replace(fact, depth=self.depth) if self.depth else fact)

    def schedule(self, kind: str, subject: int, due_at: datetime) -> None:
        """Set the timer of that kind and subject; a row there was gets a new generation."""
        self.timers[kind, subject] = Due(kind, subject, due_at)

    def clear(self, kind: str, subject: int) -> None:
        """Take the timer back, if there is one."""
        self.timers[kind, subject] = None


def convert(kind: type[T], row: asyncpg.Record) -> T:
    """A row as `kind`: a Struct by column names, anything else from the only column.

    Of a Struct only what may hold JSON or further rows is converted: plain columns have the types
    of the schema, and to check them again would be a third of the time of a busy transaction.
    """
    if not issubclass(kind, msgspec.Struct):
        return cast("T", row[0])
    values = dict(row.items())
    if len(values) > len(kind.__struct_fields__):
        values = {name: values[name] for name in kind.__struct_fields__ if name in values}
    for name, into, rows in _compound(kind):
        if name in values:
            values[name] = _compounded(values[name], into, rows)
    return kind(**values)


def _compounded(value: Any, into: Any, rows: type[msgspec.Struct] | None) -> Any:
    if rows and isinstance(value, asyncpg.Record):
        return convert(rows, value)
    if rows and isinstance(value, list) and value and isinstance(value[0], asyncpg.Record):
        return [convert(rows, row) for row in cast("list[asyncpg.Record]", value)]
    return msgspec.convert(value, into)  # of JSON: times come as text


@cache
def _compound(kind: type[msgspec.Struct]) -> list[tuple[str, Any, type[msgspec.Struct] | None]]:
    """The fields that may hold JSON or rows: name, type, and the Struct of such rows."""
    described = [(f, inspect.type_info(f.type)) for f in msgspec.structs.fields(kind)]
    return [(f.name, f.type, _struct(info)) for f, info in described if not _is_plain(info)]


def _is_plain(info: inspect.Type) -> bool:
    match info:
        case inspect.UnionType(types=types):
            return all(map(_is_plain, types))
        case inspect.ListType(item_type=item):
            return isinstance(item, inspect.StrType | inspect.IntType)
        case inspect.DictType(value_type=value):
            return isinstance(value, inspect.AnyType | inspect.IntType | inspect.StrType)
        case _:
            return isinstance(info, _PLAIN)


def _struct(info: inspect.Type) -> type[msgspec.Struct] | None:
    match info:
        case inspect.StructType(cls=kind):
            return kind
        case inspect.ListType(item_type=item):
            return _struct(item)
        case inspect.UnionType(types=types):
            return next(filter(None, map(_struct, types)), None)
        case _:
            return None
