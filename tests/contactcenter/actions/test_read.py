import pytest

from contactcenter.actions.read import read
from contactcenter.errors import Conflict, NotFound
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor


async def test_read_mark_goes_forward_only_and_to_what_was_said_at_most(floor: Floor) -> None:
    agent = await floor.desk.person()
    await floor.active(agent)
    await floor.desk.say("1", "more")
    await floor.desk.say("1", "and more")
    for number in (2, 1, 99, 99):
        await floor.run(read, agent, 1, number, NOW)
    marks = [(f["number"], f["agents"]) for f in await floor.desk.facts("ConversationRead")]
    assert marks == [(2, [agent]), (3, [agent])]
    assert await floor.desk.value("SELECT read_number FROM conversation") == 3


async def test_only_who_has_the_work_marks_it(floor: Floor) -> None:
    agent = await floor.desk.person()
    await floor.waiting()
    with pytest.raises(Conflict) as refused:
        await floor.run(read, agent, 1, 1, NOW)
    assert refused.value.code == "not-yours"
    await floor.desk.rows("UPDATE work_item SET state = 'done'")
    with pytest.raises(Conflict):
        await floor.run(read, agent, 1, 1, NOW)
    with pytest.raises(NotFound):
        await floor.run(read, agent, 2, 1, NOW)
