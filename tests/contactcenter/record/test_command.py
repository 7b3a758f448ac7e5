import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.record.command import Earlier, Key, answered, claim

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def person(desk: Any) -> int:
    return await desk.person()


async def do(desk: Any, *keys: Key, digest: bytes = b"d", fail: bool = False) -> dict[Key, Any]:
    """What was answered before; what is new is answered with its own id."""

    async def action(tx: Any) -> dict[Key, Earlier]:
        earlier = await claim(tx, dict.fromkeys(keys, digest), NOW)
        new = [k for k in keys if k not in earlier]
        await answered(tx, {(person, id_): b'"%b"' % id_.encode() for person, id_ in new})
        if fail:
            raise ZeroDivisionError
        return earlier

    told = await desk.database.run(action)
    return {key: (earlier.digest, earlier.answer) for key, earlier in told.items()}


async def test_a_command_is_done_once_and_answered_the_same_ever_after(
    desk: Any, person: int
) -> None:
    assert await do(desk, (person, "c1")) == {}
    assert await do(desk, (person, "c1"), digest=b"other") == {(person, "c1"): (b"d", "c1")}


async def test_of_many_those_are_done_that_are_new(desk: Any, person: int) -> None:
    await do(desk, (person, "c2"))
    told = await do(desk, (person, "c3"), (person, "c2"), (person, "c1"))
    assert told == {(person, "c2"): (b"d", "c2")}
    again = await do(desk, (person, "c1"), (person, "c3"))
    assert again == {(person, "c1"): (b"d", "c1"), (person, "c3"): (b"d", "c3")}


async def test_at_once_each_is_done_once(desk: Any, person: int) -> None:
    """Claims that cross each other: each is in the order of its batch, and none waits for ever."""
    keys = [(person, f"c{n}") for n in range(20)]
    told = await asyncio.gather(*(do(desk, *keys[:: 1 - 2 * (n % 2)]) for n in range(6)))
    assert sorted(len(earlier) for earlier in told) == [0, 20, 20, 20, 20, 20]


async def test_an_id_is_its_persons_own(desk: Any, person: int) -> None:
    await do(desk, (person, "c1"))
    assert await do(desk, (await desk.person(), "c1")) == {}


async def test_what_was_taken_back_may_be_sent_again(desk: Any, person: int) -> None:
    with pytest.raises(ZeroDivisionError):
        await do(desk, (person, "c1"), fail=True)
    assert await do(desk, (person, "c1")) == {}
