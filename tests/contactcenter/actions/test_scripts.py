import pytest

from contactcenter.actions.scripts import Moved, begin, step_back, take_step
from contactcenter.errors import BadInput, Conflict, NotFound
from tests.contactcenter.floor import NOW, Floor


@pytest.fixture
async def agent(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def begun(floor: Floor, agent: int) -> Moved:
    await floor.publish()
    item = await floor.active(agent)
    return await floor.run(begin, agent, item, "identification", floor.book, NOW)


async def test_a_script_begins_at_its_first_node(begun: Moved) -> None:
    assert (begun.run.node, begun.run.step, begun.actions) == ("greet", 0, ())


async def test_only_a_script_of_the_rulebook_is_begun(floor: Floor, agent: int) -> None:
    item = await floor.active(agent)
    with pytest.raises(BadInput) as refused:
        await floor.run(begin, agent, item, "none", floor.book, NOW)
    assert refused.value.code == "unknown-script"


async def test_the_end_tells_the_action_and_the_note(
    floor: Floor, agent: int, begun: Moved
) -> None:
    run = begun.run.id
    await floor.run(take_step, agent, run, 0, None, floor.book, NOW)
    ended = await floor.run(take_step, agent, run, 1, True, floor.book, NOW)  # noqa: FBT003
    assert ended.run.done_at == NOW
    assert [action.tag for action in ended.actions] == ["identified"]
    assert ended.note.startswith("Identification: Thank you.")
    again = await floor.run(take_step, agent, run, 1, True, floor.book, NOW)  # noqa: FBT003
    assert (again.run, again.actions, again.note) == (ended.run, (), None)


async def test_nobody_goes_back_from_the_beginning(floor: Floor, agent: int, begun: Moved) -> None:
    with pytest.raises(Conflict) as refused:
        await floor.run(step_back, agent, begun.run.id, 0, floor.book)
    assert refused.value.code == "nothing-before"


async def test_a_run_that_there_is_not(floor: Floor, agent: int) -> None:
    with pytest.raises(NotFound):
        await floor.run(take_step, agent, 987, 0, None, floor.book, NOW)
