import pytest

from contactcenter.actions.undo import set_undo
from contactcenter.errors import Conflict
from tests.contactcenter.floor import NOW, Floor


async def test_it_is_kept_for_the_agent_and_told(floor: Floor) -> None:
    agent = await floor.desk.person()
    assert (await floor.agent(agent))["undo_s"] == 5
    await floor.run(set_undo, agent, 20, NOW)
    assert (await floor.agent(agent))["undo_s"] == 20
    [told] = await floor.desk.facts("UndoChanged")
    assert (told["agent"], told["undo_s"]) == (agent, 20)


async def test_whoever_takes_no_work_has_nothing_to_take_back(floor: Floor) -> None:
    nobody = await floor.desk.person("supervisor", capacity=None)
    with pytest.raises(Conflict) as refused:
        await floor.run(set_undo, nobody, 5, NOW)
    assert refused.value.code == "no-agent"
