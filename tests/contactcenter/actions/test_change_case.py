import asyncio
from datetime import timedelta
from typing import Any

import pytest

from contactcenter.actions.change_case import (
    CaseEdit,
    CaseFields,
    CaseMove,
    Resolution,
    Worker,
    edit_case,
    link_case,
    move_case,
    note_on_case,
    resolve_case,
)
from contactcenter.errors import BadInput, Conflict, NotFound, Refusal
from contactcenter.model.caller import Actor
from tests.contactcenter.case_scenes import case_of, taken_case
from tests.contactcenter.floor import NOW, Floor, reply, resolve
from tests.contactcenter.scene import Scene

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
async def scene(floor: Floor) -> Scene:
    stage = Scene(floor)
    await stage.set()
    return stage


def agent(person: int) -> Worker:
    return Worker(Actor("person", person), others_work=False)


async def item_of(floor: Floor, case: int) -> dict[str, Any]:
    work = await floor.desk.value("SELECT max(id) FROM work_item WHERE case_id = $1", case)
    return await floor.item(work)


async def state(floor: Floor, case: int) -> object:
    return await floor.desk.value("SELECT state FROM service_case WHERE id = $1", case)


async def test_an_agent_at_work_decides_and_others_do_not(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    how, away = Resolution(code="solved"), CaseMove(state="pending_customer")
    for act, what in ((resolve_case, how), (move_case, away)):
        with pytest.raises(Conflict) as refused:
            await floor.run(act, case, what, agent(scene.agent), floor.book, LATER)
        assert refused.value.code == "not-yours"
    with pytest.raises(Conflict):
        await floor.run(
            edit_case, case, CaseEdit(queue="care"), agent(scene.agent), floor.book, LATER
        )
    await floor.run(resolve_case, case, how, agent(scene.other), floor.book, LATER)
    assert await state(floor, case) == "resolved"
    assert (await item_of(floor, case))["state"] == "done"
    due = LATER + timedelta(seconds=floor.book.rules.cases.close_after_s)
    assert ("case_close", case, due) in await floor.timers()


async def test_a_supervisor_decides_about_any(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    boss = Worker(Actor("person", scene.agent), others_work=True)
    await floor.run(move_case, case, CaseMove(state="pending_customer"), boss, floor.book, LATER)
    assert await state(floor, case) == "pending_customer"


async def test_who_has_seen_another_state_is_told_which_it_is(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    move = CaseMove(state="pending_customer", expected="new")
    with pytest.raises(Conflict) as refused:
        await floor.run(move_case, case, move, agent(scene.other), floor.book, LATER)
    assert refused.value.code == "edited-meanwhile"
    assert refused.value.context == {"holds": {"state": "open"}}


async def test_no_way_leads_from_open_to_closed(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    with pytest.raises(Conflict) as refused:
        await floor.run(
            move_case, case, CaseMove(state="closed"), agent(scene.other), floor.book, LATER
        )
    assert refused.value.code == "no-way"


async def test_a_resolution_has_a_code_of_the_rulebooks(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    with pytest.raises(BadInput, match="worked around") as refused:
        await floor.run(
            resolve_case, case, Resolution(code="magic"), agent(scene.other), floor.book, LATER
        )
    assert refused.value.pointer == "/code"


async def test_fields_change_unless_somebody_else_was_first(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    by = agent(scene.agent)
    seen = CaseFields(subject="No internet")
    await floor.run(edit_case, case, CaseEdit(subject="Slow", expected=seen), by, floor.book, LATER)
    with pytest.raises(Conflict) as refused:
        await floor.run(
            edit_case, case, CaseEdit(subject="None", expected=seen), by, floor.book, LATER
        )
    assert refused.value.context == {"holds": {"subject": "Slow"}}
    [fact] = [f for f in await floor.desk.facts("CaseChanged") if "subject" in f["changes"]]
    assert fact["changes"] == {"subject": ["No internet", "Slow"]}
    for unknown in ({"category": "none"}, {"queue": "none"}):
        with pytest.raises(BadInput):
            await floor.run(edit_case, case, CaseEdit(**unknown), by, floor.book, LATER)


async def test_a_severer_case_that_waits_is_placed_anew_at_its_time(
    floor: Floor, scene: Scene
) -> None:
    work = await case_of(scene, scene.mine)
    before = await floor.item(work)
    await floor.run(
        edit_case,
        before["case_id"],
        CaseEdit(severity="critical"),
        agent(scene.agent),
        floor.book,
        LATER,
    )
    after = await floor.item(work)
    assert after["head_start_us"] == 900_000_000
    assert after["enqueued_at"] == before["enqueued_at"]
    assert after["epoch"] == before["epoch"] + 1


async def test_another_queue_takes_the_work_along(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    await floor.run(
        edit_case, case, CaseEdit(queue="billing"), agent(scene.other), floor.book, LATER
    )
    item = await item_of(floor, case)
    assert (item["state"], item["queue"], item["agent_id"]) == ("queued", "billing", None)


async def test_two_who_resolve_at_once_resolve_once(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    answers = await asyncio.gather(
        *(
            floor.run(
                resolve_case, case, Resolution(code="solved"), agent(scene.other), floor.book, LATER
            )
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    assert sorted(type(a).__name__ for a in answers) == ["Case", "Conflict", "Conflict", "Conflict"]


async def test_a_note_is_on_the_timeline(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    await floor.run(note_on_case, case, "Hm.", Actor("person", scene.agent), LATER)
    [fact] = await floor.desk.facts("CaseNoted")
    assert (fact["text"], fact["by"], fact["agents"]) == ("Hm.", scene.agent, [scene.other])


async def test_a_conversation_is_linked_once_and_only_the_customers_own(
    floor: Floor, scene: Scene
) -> None:
    case, by = await taken_case(scene, scene.mine), Actor("person", scene.agent)
    mine, others = await scene.conversation(scene.mine), await scene.conversation(scene.waiting)
    await floor.run(link_case, case, mine, by, LATER, linked=True)
    assert await floor.desk.facts("CaseLinked") == []
    await floor.run(link_case, case, mine, by, LATER, linked=False)
    assert await floor.desk.value("SELECT count(*) FROM case_conversation") == 0
    with pytest.raises(Conflict) as refused:
        await floor.run(link_case, case, others, by, LATER, linked=True)
    assert refused.value.code == "other-customer"
    with pytest.raises(NotFound):
        await floor.run(link_case, case, 99, by, LATER, linked=True)


async def test_in_the_work_on_a_case_nobody_is_answered(floor: Floor, scene: Scene) -> None:
    case = await taken_case(scene, scene.mine)
    work = (await item_of(floor, case))["id"]
    answers = [
        floor.run(
            reply,
            scene.other,
            work,
            "So?",
            seen=0,
            connection_id=None,
            book=floor.book,
            now=LATER,
        ),
        floor.run(resolve, scene.other, work, "solved", floor.book, LATER),
    ]
    for answer in answers:
        with pytest.raises(Refusal) as refused:
            await answer
        assert refused.value.code == "no-conversation"
