from datetime import timedelta
from typing import Any

import pytest

from contactcenter.actions.drafts import Draft, NewDraft, drop_draft, save_draft
from contactcenter.actions.forget import forget
from contactcenter.actions.note import note
from contactcenter.errors import NotFound
from tests.contactcenter.floor import NOW, Floor, reply


async def drafts(floor: Floor, person: int) -> list[str]:
    rows = await floor.run(lambda tx: tx.many(Draft, "drafts.read", person, None, 0, 50))
    return [row.text for row in rows]


async def save(floor: Floor, person: int, conversation: int, text: str, **more: Any) -> None:
    await floor.run(save_draft, person, conversation, NewDraft(text=text, **more), NOW)


async def test_a_draft_is_its_writers_alone_and_one_for_each_conversation(floor: Floor) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    first, second = [(await floor.desk.say(who)).conversation for who in "ab"]
    await save(floor, agent, first, "I")
    await save(floor, agent, first, "I have")
    await save(floor, agent, second, "So")
    await save(floor, other, first, "Me")
    assert await drafts(floor, agent) == ["I have", "So"]
    await floor.run(drop_draft, agent, first)
    await floor.run(drop_draft, agent, first)
    assert (await drafts(floor, agent), await drafts(floor, other)) == (["So"], ["Me"])
    with pytest.raises(NotFound):
        await save(floor, agent, 99, "I")


async def test_what_is_sent_is_no_draft_any_more(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    conversation = (await floor.item(item))["conversation_id"]
    await save(floor, agent, conversation, "I have")
    await floor.run(note, agent, conversation, "Hm.", NOW)
    await floor.desk.say("1", "And?")
    assert await drafts(floor, agent) == ["I have"]
    said = {"seen": 9, "connection_id": None, "book": floor.book, "now": NOW}
    await floor.run(reply, agent, item, "I have it.", **said)
    assert await drafts(floor, agent) == []
    await save(floor, agent, conversation, "And a note", kind="note")
    await floor.run(reply, agent, item, "Well.", **said)
    assert await drafts(floor, agent) == ["And a note"]
    await floor.run(note, agent, conversation, "A note.", NOW)
    assert await drafts(floor, agent) == []


async def test_a_draft_is_forgotten_after_a_month(floor: Floor) -> None:
    agent = await floor.desk.person()
    await save(floor, agent, (await floor.desk.say("a")).conversation, "I")
    await floor.run(forget, timedelta(days=14), NOW + timedelta(days=29))
    assert await drafts(floor, agent) == ["I"]
    await floor.run(forget, timedelta(days=14), NOW + timedelta(days=31))
    assert await drafts(floor, agent) == []
