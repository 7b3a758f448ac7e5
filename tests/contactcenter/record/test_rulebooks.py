from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.actions.publish import Written, publish
from contactcenter.errors import NotFound
from contactcenter.model.rulebook import parse
from contactcenter.record.rulebooks import read_version

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


async def put(desk: Any, **written: Any) -> int:
    how = Written(**written)
    return await desk.database.run(lambda tx: publish(tx, desk.book.rules, "ann", NOW, how))


async def test_a_version_is_read_with_its_text_and_the_newest_without_a_number(desk: Any) -> None:
    await put(desk, toml="# one\n", note="why")
    await put(desk, toml="# two\n", restores=1)
    async with desk.database.snapshot() as tx:
        first, newest = await read_version(tx, 1), await read_version(tx)
    assert (first.author, first.published_at, first.note) == ("ann", NOW, "why")
    assert (first.toml, first.rules["organisation"]["timezone"]) == ("# one\n", "Asia/Jakarta")
    assert (newest.version, newest.toml, newest.restores) == (2, "# two\n", 1)


async def test_rules_that_came_without_a_text_are_written_as_one(desk: Any) -> None:
    await put(desk)
    async with desk.database.snapshot() as tx:
        kept = await read_version(tx)
    assert parse(kept.toml) == desk.book.rules


async def test_a_version_that_is_not_there_is_not_found(desk: Any) -> None:
    async with desk.database.snapshot() as tx:
        with pytest.raises(NotFound, match="no version 3"):
            await read_version(tx, 3)
