import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from contactcenter.db.queries import QUERIES
from tests.architecture.tree import asked, modules, words


def used(module: Path) -> set[str]:
    """What may name a query: whole words, and parts that the module puts behind `<file>.`."""
    found = set(words(module))
    return found | {f"{file}{word}" for file in found if file.endswith(".") for word in found}


OWN_TABLES = {"bench": "the benchmarks make their tables, and drop them"}
USED = {name for module in modules() for name in used(module)}
ASKED = {word for module in modules() for word in asked(module)}


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def test_every_query_is_used() -> None:
    assert sorted(QUERIES.keys() - USED) == []


def test_every_query_that_is_named_exists() -> None:
    assert len(ASKED) > 100
    assert sorted(ASKED - QUERIES.keys()) == []


async def test_every_query_fits_the_schema(connection: Any) -> None:
    faults = {}
    for name, sql in QUERIES.items():
        if name.partition(".")[0] in OWN_TABLES:
            continue
        try:
            await connection.prepare(sql)
        except asyncpg.PostgresError as error:
            faults[name] = str(error)
    assert faults == {}


def test_sql_stands_in_files_alone() -> None:
    """A statement in Python could not be checked here; `db` has those about the server itself."""
    statement = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\s")
    found = [
        f"{module}: {word[:40]}"
        for module in modules()
        if Path("contactcenter/db") not in module.parents
        for word in words(module)
        if statement.match(word)
    ]
    assert found == []
