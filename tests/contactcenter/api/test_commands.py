import asyncio
from typing import Any

import msgspec
import pytest

from contactcenter.api.commands import Asked, Handled, handle_once, once
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, TooMany, Unavailable
from contactcenter.live.frames import Accept, Answer, Decline, Reply, Resolve
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


@pytest.fixture
async def agent(floor: Floor) -> int:
    return await floor.desk.person()


async def asks(floor: Floor, *asked: tuple[int, Handled]) -> list[Answer]:
    batch = [Asked(person, command) for person, command in asked]
    return await floor.run(handle_once, batch, floor.book, NOW)


def says(id_: str, item: int, text: str = "Hi.") -> Reply:
    return Reply(id=id_, item=item, text=text, seen=1)


def told(answer: Answer) -> dict[str, Any]:
    """As it stands in its frame."""
    return msgspec.json.decode(msgspec.json.encode(answer))


async def test_in_a_batch_each_is_answered_under_its_id(floor: Floor, agent: int) -> None:
    item, offered = await floor.active(agent, "a"), await floor.waiting("b")
    accept = Accept(id="x1", offer=await floor.offer(offered, agent))
    resolve = Resolve(id="x3", item=404, disposition="solved")
    answers = await asks(floor, (agent, accept), (agent, says("x2", item)), (agent, resolve))
    assert [(a.id, a.ok) for a in answers] == [("x1", True), ("x2", True), ("x3", False)]
    assert answers[2].problem is not None
    assert answers[2].problem.status == 404


async def test_in_a_batch_as_after_it_an_id_is_done_once(floor: Floor, agent: int) -> None:
    item = await floor.active(agent)
    once_said, refused = says("x1", item), Accept(id="x2", offer=404)
    first = await asks(floor, *[(agent, once_said), (agent, refused)] * 2)
    later = await asks(floor, (agent, refused), (agent, says("x3", item)), (agent, once_said))
    assert first[:2] == first[2:]
    assert [told(a) for a in (later[2], later[0])] == [told(a) for a in first[:2]]
    assert await floor.desk.value("SELECT count(*) FROM interaction WHERE number > 1") == 2


async def test_in_a_batch_as_after_it_an_id_stands_for_one_command(
    floor: Floor, agent: int
) -> None:
    item = await floor.active(agent)
    said, other = says("x1", item), says("x1", item, "Bye.")
    for _ in range(2):
        first, second = await asks(floor, (agent, said), (agent, other))
        assert (first.ok, second.ok) == (True, False)
        assert second.problem is not None
        assert second.problem.type.endswith("id-reused")


async def test_batches_at_once_do_each_command_once(floor: Floor, agent: int) -> None:
    items = [await floor.active(agent, who) for who in "abc"]
    asked = [(agent, says(f"x{item}", item)) for item in items]
    answers = await asyncio.gather(*(asks(floor, *asked[:: 1 - 2 * (n % 2)]) for n in range(6)))
    for command in asked:
        [one, *others] = [told(a) for batch in answers for a in batch if a.id == command[1].id]
        assert [one] * 5 == others
    assert await floor.desk.value("SELECT count(*) FROM interaction WHERE number > 1") == 3
