"""The real PostgreSQL and Redis for every test: migrated once a run, fresh for each test."""

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import gettempdir

import asyncpg
import pytest
import redis.asyncio as redis

from contactcenter import log
from contactcenter.db import embedded, migrate

# Without it structlog draws each traceback with all its locals, for a second in which nothing runs.
log.configure(json=False)

FOLDER = Path(gettempdir()) / "contactcenter-tests"
numbers = itertools.count(1)


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Servers]:
    """PostgreSQL and Redis for this run, and an end to those of a run that was killed."""
    for left in FOLDER.parent.glob(f"{FOLDER.name}-*"):
        if not Path("/proc", left.name.rpartition("-")[2]).exists():
            asyncio.run(embedded.remove(left))
    folder = FOLDER.with_name(f"{FOLDER.name}-{os.getpid()}")
    servers = asyncio.run(embedded.start(folder, say=lambda _line: None))
    yield servers
    asyncio.run(servers.stop())
    asyncio.run(embedded.remove(folder))


@pytest.fixture(scope="session")
def migrated(servers: embedded.Servers) -> str:
    """The name of a database with the whole schema, to copy from."""
    asyncio.run(_do(servers, "CREATE DATABASE migrated"))
    asyncio.run(migrate.upgrade(_url(servers, "migrated")))
    return "migrated"


@pytest.fixture
async def database_url(servers: embedded.Servers, migrated: str) -> AsyncIterator[str]:
    """An empty database with the whole schema, this test's own."""
    async with empty_database(servers, migrated) as url:
        yield url


@asynccontextmanager
async def empty_database(servers: embedded.Servers, migrated: str) -> AsyncIterator[str]:
    """A copy of the migrated database, dropped afterwards."""
    name = f"test_{next(numbers)}"
    await _do(servers, f"CREATE DATABASE {name} TEMPLATE {migrated}")
    yield _url(servers, name)
    await _do(servers, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def redis_url(servers: embedded.Servers) -> str:
    """An empty Redis, running even where the test before stopped it."""
    await servers.start_redis()
    async with redis.from_url(servers.redis_url) as client:
        await client.flushall()
    return servers.redis_url


async def _do(servers: embedded.Servers, statement: str) -> None:
    connection = await asyncpg.connect(servers.database_url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _url(servers: embedded.Servers, database: str) -> str:
    return servers.database_url.replace("/contactcenter?", f"/{database}?")
