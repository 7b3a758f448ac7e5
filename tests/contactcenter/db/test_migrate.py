import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from contactcenter.db import migrate

UPGRADE = """
import asyncio, sys
import alembic.command, sqlalchemy.ext.asyncio
from contactcenter.db import migrate
print("ready", flush=True)
sys.stdin.read()
asyncio.run(migrate.upgrade(sys.argv[1]))
"""


@pytest.fixture
async def empty_url(servers: Any) -> AsyncIterator[str]:
    """A database without any schema."""
    connection = await asyncpg.connect(servers.database_url)
    await connection.execute("CREATE DATABASE empty")
    yield servers.database_url.replace("/contactcenter?", "/empty?")
    await connection.execute("DROP DATABASE empty WITH (FORCE)")
    await connection.close()


async def tables(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return sorted(row["tablename"] for row in rows)


def test_revisions_form_one_line_to_the_newest() -> None:
    files = sorted(f.stem for f in (migrate.MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert [f.partition("_")[0] for f in files] == [f"{n:04}" for n in range(1, len(files) + 1)]
    assert migrate.newest() == f"{len(files):04}"


async def test_an_empty_database_has_no_revision(empty_url: str) -> None:
    assert await migrate.current(empty_url) is None


async def test_a_database_is_brought_to_the_newest_revision(
    empty_url: str, database_url: str
) -> None:
    await migrate.upgrade(empty_url)

    assert await migrate.current(empty_url) == migrate.newest()
    assert await tables(empty_url) == await tables(database_url)


async def test_once_there_nothing_changes(database_url: str) -> None:
    before = await tables(database_url)
    await migrate.upgrade(database_url)
    assert await tables(database_url) == before


async def test_two_that_start_at_once_migrate_once(empty_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", UPGRADE, empty_url, stdin=PIPE, stdout=PIPE
        )
        for _ in range(2)
    ]
    for process in processes:
        await process.stdout.readline()
    await asyncio.gather(*(process.communicate(b"go") for process in processes))

    assert [process.returncode for process in processes] == [0, 0]
    assert await migrate.current(empty_url) == migrate.newest()
