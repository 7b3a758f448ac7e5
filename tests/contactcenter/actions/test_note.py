from datetime import timedelta

import pytest

from contactcenter.actions.note import note
from contactcenter.errors import NotFound
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, reply

LATER = NOW + timedelta(seconds=30)


async def test_note_stays_in_the_house_and_answers_nobody(floor: Floor) -> None:
    agent, other = await floor.desk.person(), await floor.desk.person()
    item = await floor.active(agent)
    noted = await floor.run(note, other, 1, "Careful.", LATER, request_id="r2")
    assert noted.number == 2
    [row] = await floor.desk.rows(
        "SELECT kind, direction, delivery, author_id FROM interaction WHERE number = 2"
    )
    assert tuple(row.values()) == ("note", "internal", None, other)
    assert (await floor.item(item))["waiting_for"] == "us"
    said = await floor.run(
        reply, agent, item, "Hi.", seen=1, connection_id=None, book=floor.book, now=LATER
    )
    assert said.number == 3


async def test_there_is_no_note_without_a_conversation(floor: Floor) -> None:
    with pytest.raises(NotFound):
        await floor.run(note, await floor.desk.person(), 99, "Careful.", LATER)


async def test_whoever_is_named_in_a_note_is_told(floor: Floor) -> None:
    agent, other, third = [await floor.desk.person() for _ in range(3)]
    await floor.desk.rows("UPDATE person SET login = 'sari.d' WHERE id = $1", other)
    await floor.active(agent)
    text = "Ask @sari.d. Or mail p@p3, @p1 myself, @nobody: @sari.d!"
    noted = await floor.run(note, agent, 1, text, LATER)
    [fact] = await floor.desk.facts("AgentMentioned")
    assert (fact["agent"], fact["by"], fact["by_name"]) == (other, agent, "Person 1")
    assert (fact["number"], fact["excerpt"]) == (noted.number, text)
    assert third != fact["agent"]
