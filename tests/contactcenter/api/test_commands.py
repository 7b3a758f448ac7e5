import asyncio
from typing import Any

import pytest

from contactcenter.api.commands import once
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, TooMany, Unavailable
from contactcenter.live.frames import Accept, Answer, Decline
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor

COMMAND = Accept(id="x1", offer=1)


class Deed:
    """An act that counts how often it was done, and may end badly."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.done = 0
        self.ends: list[Exception] = []

    async def act(self, tx: Tx) -> dict[str, Any]:
        assert tx
        self.done += 1
        if self.ends:
            raise self.ends.pop(0)
        return {"times": self.done, "unset": None}

    async def once(self, command: Accept | Decline = COMMAND, person: int = 0) -> Answer:
        database = self.floor.desk.database
        return await once(database, person or self.person, command, self.act, NOW)


@pytest.fixture
async def deed(floor: Floor) -> Deed:
    deed = Deed(floor)
    deed.person = await floor.desk.person()
    return deed


async def test_done_once_and_answered_ever_after(deed: Deed) -> None:
    answer = await deed.once()
    assert answer == Answer("x1", ok=True, result={"times": 1, "unset": None})
    assert await deed.once() == answer
    assert deed.done == 1


async def test_refusal_is_kept_without_an_effect(deed: Deed) -> None:
    deed.ends = [Conflict("Gone.", code="offer-gone", state="expired")]
    answer = await deed.once()
    assert answer.problem is not None
    assert (answer.ok, answer.problem.context) == (False, {"state": "expired"})
    assert await deed.once() == answer
    assert deed.done == 1


@pytest.mark.parametrize("passing", [Unavailable("away"), TooMany("slowly")])
async def test_what_may_pass_is_not_kept(deed: Deed, passing: Exception) -> None:
    deed.ends = [passing]
    with pytest.raises(type(passing)):
        await deed.once()
    assert (await deed.once()).ok


async def test_another_command_under_the_id_is_refused_and_the_first_is_kept(deed: Deed) -> None:
    first = await deed.once()
    for other in (Accept(id="x1", offer=2), Decline(id="x1", offer=1)):
        refused = await deed.once(other)
        assert refused.problem is not None
        assert refused.problem.type.endswith("id-reused")
    assert await deed.once() == first


async def test_ids_are_each_persons_own(deed: Deed) -> None:
    await deed.once()
    other = await deed.floor.desk.person()
    assert (await deed.once(person=other)).result == {"times": 2, "unset": None}


async def test_many_at_once_get_one_answer(deed: Deed) -> None:
    answers = await asyncio.gather(*(deed.once() for _ in range(5)))
    assert answers == [Answer("x1", ok=True, result={"times": 1, "unset": None})] * 5


async def test_refusals_at_once_are_one_answer(deed: Deed) -> None:
    deed.ends = [Conflict(f"No {n}.") for n in range(5)]
    answers = await asyncio.gather(*(deed.once() for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert not answers[0].ok
