import asyncio
from typing import Any

import pytest

from contactcenter.actions.open_case import Opened, open_for
from contactcenter.errors import BadInput, NotFound
from contactcenter.model.caller import Actor
from contactcenter.record.cases import NewCase
from tests.contactcenter.floor import NOW, Floor

BY = Actor("bot", 1)


async def opens(
    floor: Floor,
    customer: int | None = None,
    conversation: int | None = None,
    by: Actor = BY,
    **given: Any,
) -> Opened:
    new = NewCase(**{"category": "fault", "subject": "No internet", **given})
    return await floor.run(open_for, customer, conversation, new, by, floor.book, NOW)


async def test_it_is_of_the_customer_whose_conversation_it_came_up_in(floor: Floor) -> None:
    said = await floor.desk.say("1")
    opened = await opens(floor, None, said.conversation, Actor("person", 7))
    assert opened.case.party_id == await floor.desk.customer_of(said.conversation)
    [link] = await floor.desk.rows("SELECT case_id, conversation_id FROM case_conversation")
    assert link == {"case_id": opened.case.id, "conversation_id": said.conversation}


async def test_somebody_must_be_named_and_fit(floor: Floor) -> None:
    first, second = await floor.desk.say("1"), await floor.desk.say("2")
    by = Actor("person", 7)
    with pytest.raises(BadInput) as refused:
        await opens(floor, by=by)
    assert refused.value.code == "whose"
    with pytest.raises(BadInput) as refused:
        await opens(
            floor, await floor.desk.customer_of(first.conversation), second.conversation, by
        )
    assert refused.value.code == "other-customer"
    with pytest.raises(NotFound):
        await opens(floor, 99, by=by)
    assert await floor.desk.value("SELECT count(*) FROM service_case") == 0


async def test_to_a_bot_other_conversations_are_not_there(floor: Floor) -> None:
    said = await floor.desk.say("1")
    with pytest.raises(NotFound):
        await opens(floor, None, said.conversation)


async def test_one_key_opens_one_case_also_at_once(floor: Floor) -> None:
    customer = await floor.desk.customer_of((await floor.desk.say("1")).conversation)
    answers = await asyncio.gather(*(opens(floor, customer, key="k") for _ in range(6)))
    assert len({a.case.id for a in answers}) == 1
    assert sorted(a.duplicate for a in answers) == [False, True, True, True, True, True]
    assert await floor.desk.value("SELECT count(*) FROM work_item WHERE kind = 'case'") == 1
    with pytest.raises(BadInput) as refused:
        await opens(floor, customer, key="k", subject="Another matter")
    assert refused.value.code == "key-reused"
