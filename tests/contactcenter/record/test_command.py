import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.errors import BadInput, Conflict
from contactcenter.record.command import Earlier, answered, claim

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def person(desk: Any) -> int:
    return await desk.person()


def do(desk: Any, person: int, digest: bytes = b"d", *, fail: bool = False) -> Any:
    async def action(tx: Any) -> Earlier | None:
        earlier = await claim(tx, person, "c1", digest, NOW)
        if earlier is None:
            await answered(tx, person, "c1", b'{"ok":true}')
        if fail:
            raise Conflict("no")
        return earlier

    return desk.database.run(action)


async def test_a_command_is_done_once_and_answered_the_same_ever_after(
    desk: Any, person: int
) -> None:
    assert await do(desk, person) is None
    assert await do(desk, person) == Earlier(b"d", {"ok": True})


async def test_at_once_it_is_done_once(desk: Any, person: int) -> None:
    answers = await asyncio.gather(*(do(desk, person) for _ in range(4)))
    assert (answers.count(None), answers.count(Earlier(b"d", {"ok": True}))) == (1, 3)


async def test_an_id_stands_for_one_command(desk: Any, person: int) -> None:
    await do(desk, person)
    with pytest.raises(BadInput) as refused:
        await do(desk, person, b"other")
    assert (refused.value.code, refused.value.pointer) == ("id-reused", "/id")


async def test_an_id_is_its_persons_own(desk: Any, person: int) -> None:
    await do(desk, person)
    assert await do(desk, await desk.person()) is None


async def test_what_was_refused_may_be_sent_again(desk: Any, person: int) -> None:
    with pytest.raises(Conflict):
        await do(desk, person, fail=True)
    assert await do(desk, person) is None
