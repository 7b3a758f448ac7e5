import asyncio
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contactcenter import facts
from contactcenter.actions.publish import publish
from contactcenter.db.database import Database
from contactcenter.errors import NotFound, Unavailable
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.model.rulebook import Published, Rulebook

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PUBLISHED = facts.RulebookPublished(at=NOW, version=2, author="test")


@pytest.fixture
async def in_force(database: Database, book: Published) -> RulebookInForce:
    await put(database, book.rules)
    in_force = RulebookInForce(database)
    await in_force.load()
    return in_force


async def put(database: Database, rules: Rulebook) -> int:
    return await database.run(lambda tx: publish(tx, rules, "test", NOW))


def named(rules: Rulebook, name: str) -> Rulebook:
    organisation = msgspec.structs.replace(rules.organisation, name=name)
    return msgspec.structs.replace(rules, organisation=organisation)


async def in_time(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- it tells nobody
            await asyncio.sleep(0.005)


async def test_before_anything_is_published_it_says_what_to_do(database: Database) -> None:
    with pytest.raises(NotFound, match="contactcenter rulebook publish") as refused:
        await RulebookInForce(database).load()
    assert refused.value.code == "no-rulebook"


async def test_what_was_published_is_read_back_as_it_was(
    in_force: RulebookInForce, book: Published
) -> None:
    assert in_force.current == Published(1, book.rules)


async def test_what_is_published_is_in_force_soon(
    in_force: RulebookInForce, database: Database, book: Published
) -> None:
    running = asyncio.create_task(in_force.run())
    await put(database, named(book.rules, "Another"))
    in_force.read(9, PUBLISHED)

    await in_time(lambda: in_force.current.version == 2)
    assert in_force.current.rules.organisation.name == "Another"
    running.cancel()


async def test_other_facts_change_nothing(
    in_force: RulebookInForce, database: Database, book: Published
) -> None:
    running = asyncio.create_task(in_force.run())
    await put(database, named(book.rules, "Another"))
    in_force.read(9, facts.KeyRevoked(at=NOW, key=1))
    await asyncio.sleep(0.05)
    assert in_force.current.version == 1
    running.cancel()


async def test_a_version_that_could_not_be_read_is_read_when_the_database_is_back(
    in_force: RulebookInForce, database: Database, book: Published, servers: Any
) -> None:
    await put(database, named(book.rules, "Another"))
    in_force.read(9, PUBLISHED)
    await servers.stop_postgres()
    try:
        with pytest.raises(Unavailable):
            await in_force.run()
    finally:
        await servers.start_postgres()

    running = asyncio.create_task(in_force.run())
    await in_time(lambda: in_force.current.version == 2)
    running.cancel()
