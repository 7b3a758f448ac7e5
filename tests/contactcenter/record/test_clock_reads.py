from contactcenter.actions.escalate import escalate_due
from contactcenter.record.clock_reads import read_clocks
from tests.contactcenter.case_scenes import case_of
from tests.contactcenter.floor import Floor
from tests.contactcenter.scene import Scene

HOURS = 3600


async def test_what_was_climbed_is_told_with_what_came_of_it(floor: Floor) -> None:
    scene = Scene(floor)
    await scene.set()
    await floor.desk.rows("UPDATE customer SET value = 90")
    work = await case_of(scene, scene.mine, severity="critical")
    case = (await floor.item(work))["case_id"]
    now = scene.at(2 + 21 * HOURS)
    await floor.ring(escalate_due, "escalation", now)

    async with floor.desk.database.snapshot() as tx:
        shown = await read_clocks(tx, "case", case, floor.book, now)

    [told] = [each for each in shown.items if each.clock.metric == "resolution"]
    [step] = told.steps
    assert (step.step, step.due_at, step.fired_at) == (0, scene.at(2 + 20 * HOURS), now)
    assert (step.held, step.done) == (True, ["alert"])
    assert (told.clock.elapsed_s, told.clock.remaining_s) == (21 * HOURS, 3 * HOURS)
    assert told.next_step == told.clock.due == scene.at(2 + 24 * HOURS)
