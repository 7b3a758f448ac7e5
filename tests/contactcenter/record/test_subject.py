from contactcenter.model.caller import SYSTEM
from contactcenter.record.held import hold
from contactcenter.record.subject import moved, placed, taken
from tests.contactcenter.case_scenes import a_lead, case_of
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.scene import Scene


async def scene(floor: Floor) -> Scene:
    stage = Scene(floor)
    await stage.set()
    return stage


async def test_the_place_of_a_case_is_by_its_severity_too(floor: Floor) -> None:
    stage = await scene(floor)
    held = await floor.run(hold, await case_of(stage, stage.mine, severity="critical"))
    place = await floor.run(placed, held, "care", floor.book)
    assert place.head_start_words == [("severity:critical", 900_000_000)]


async def test_who_takes_the_work_takes_what_it_is_about(floor: Floor) -> None:
    stage = await scene(floor)
    case, lead = await case_of(stage, stage.mine), await a_lead(stage)
    for item in (stage.mine, case, lead):
        await floor.run(taken, await floor.run(hold, item), stage.other, SYSTEM, NOW)
    [row] = await floor.desk.rows(
        "SELECT v.last_agent_id AS said, k.owner_id AS owned, l.agent_id AS sold, l.state"
        " FROM conversation v, service_case k, sales_lead l WHERE v.id = $1",
        await stage.conversation(stage.mine),
    )
    assert row == {"said": stage.other, "owned": stage.other, "sold": stage.other, "state": "open"}


async def test_what_moves_to_another_queue_says_so(floor: Floor) -> None:
    stage = await scene(floor)
    case, lead = await case_of(stage, stage.mine), await a_lead(stage)
    for item in (stage.mine, case, lead):
        await floor.run(moved, await floor.run(hold, item), "billing", SYSTEM, NOW)
    [row] = await floor.desk.rows(
        "SELECT k.queue AS case, l.queue AS lead FROM service_case k, sales_lead l"
    )
    assert row == {"case": "billing", "lead": "billing"}
