"""What a process stands on is there when it starts: a database of this version, and rules."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from contactcenter import foundation
from contactcenter.actions.publish import publish
from contactcenter.db import embedded
from contactcenter.db.database import Database
from contactcenter.db.migrate import newest
from contactcenter.errors import BadInput, Refusal
from contactcenter.model.rulebook import Published, Rulebook, parse
from contactcenter.settings import Settings
from tests.conftest import FOLDER
from tests.contactcenter.conftest import NOW


async def asked(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def revision(url: str) -> object:
    return await asked(url, "SELECT version_num FROM alembic_version")


async def rulebooks(url: str) -> object:
    return await asked(url, "SELECT array_agg(version || ' by ' || author) FROM rulebook")


@pytest.fixture
async def bare_url(database_url: str) -> str:
    """A database in which there is nothing at all."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    return database_url


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    """Where embedded servers may be; the next run cleans up after a killed one."""
    folder = FOLDER.with_name(f"{FOLDER.name}-foundation-{os.getpid()}")
    yield folder
    await embedded.remove(folder, say=lambda _line: None)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stricter(book: Published) -> Rulebook:
    """Rules other than those that are shipped."""
    text = foundation.RULEBOOK.read_text(encoding="utf-8")
    rules = parse(text.replace("grace_s = 30", "grace_s = 31"))
    assert rules != book.rules
    return rules


async def test_a_bare_database_is_brought_to_this_version_and_given_the_shipped_rules(
    bare_url: str, said: list[str]
) -> None:
    settings = Settings(database_url=bare_url, redis_url="redis://127.0.0.1:1")
    async with foundation.stand(settings, said.append) as stood:
        assert (stood, said) == (settings, [])
    assert await revision(bare_url) == newest()
    assert await rulebooks(bare_url) == ["1 by command line"]


async def test_without_a_database_it_stands_on_servers_of_its_own_until_it_ends(
    folder: Path, said: list[str]
) -> None:
    given = Settings(folder=folder, redis_url="redis://127.0.0.1:1")
    async with foundation.stand(given, said.append) as stood:
        assert stood.database_url
        assert stood.redis_url == given.redis_url
        assert await rulebooks(stood.database_url) == ["1 by command line"]
        async with foundation.reach(given, said.append) as beside:
            rules = await foundation.in_force(beside)
        assert rules.version == 1
        assert embedded.running(folder) is not None
    assert embedded.running(folder) is None


async def test_a_command_reaches_the_database_that_it_is_given(
    bare_url: str, said: list[str]
) -> None:
    async with foundation.reach(Settings(database_url=bare_url), said.append) as database:
        assert (await foundation.in_force(database)).version == 1
    assert await revision(bare_url) == newest()


async def test_a_later_schema_is_refused_and_no_connection_is_left(database_url: str) -> None:
    await asked(database_url, "UPDATE alembic_version SET version_num = '9999' RETURNING 1")
    with pytest.raises(Refusal, match="of a later version"):
        async with foundation.connected(database_url):
            pass
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    assert await asked(database_url, others) == 1


async def test_rules_in_force_stay_in_force(database: Database, stricter: Rulebook) -> None:
    await database.run(lambda tx: publish(tx, stricter, "test", NOW))
    assert await foundation.in_force(database) == Published(1, stricter)


async def test_two_who_start_at_once_on_a_bare_database_have_one_version(
    database_url: str, database: Database
) -> None:
    async def found() -> Published:
        async with foundation.connected(database_url) as other:
            return await foundation.in_force(other)

    first, second = await asyncio.gather(found(), foundation.in_force(database))
    assert first == second
    assert await rulebooks(database_url) == ["1 by command line"]


def test_the_shipped_rulebook_is_read_as_it_is() -> None:
    text = foundation.RULEBOOK.read_text(encoding="utf-8")
    assert foundation.read_rulebook(foundation.RULEBOOK) == parse(text)


def test_a_mark_that_some_editors_put_at_the_beginning_is_no_fault(
    tmp_path: Path, book: Published
) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(b"\xef\xbb\xbf" + foundation.RULEBOOK.read_bytes())
    assert foundation.read_rulebook(file) == book.rules


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe[", "A rulebook is text in UTF-8."),
        (b"a = " + b"[" * 3000, "The rulebook has a fault in line 1: It is nested too deeply."),
        (
            b"[organisation",
            "The rulebook has a fault in line 1: This is not valid TOML, at the end: ",
        ),
        (b"", "The rulebook has 10 faults; the first in line 1: organisation: This is missing."),
    ],
)
def test_what_is_no_rulebook_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        foundation.read_rulebook(file)
    assert refused.value.code == "bad-rulebook"
    assert str(refused.value).startswith(why)


def test_a_rulebook_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        foundation.read_rulebook(tmp_path / "none.toml")
