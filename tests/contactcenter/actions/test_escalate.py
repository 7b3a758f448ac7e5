from typing import Any

import msgspec
import pytest

from contactcenter.actions.alerts import acknowledge
from contactcenter.actions.change_case import CaseEdit, CaseMove, Worker, edit_case, move_case
from contactcenter.actions.escalate import escalate_due
from contactcenter.model.caller import Actor
from contactcenter.model.escalation import AlertStep, CaseStep, Ladder, Step, Target
from contactcenter.model.rulebook import Published
from contactcenter.workers.timers import EFFECTS
from tests.contactcenter.case_scenes import case_of, resolved_case
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.scene import Scene

HOURS = 3600


@pytest.fixture
async def scene(floor: Floor) -> Scene:
    scene = Scene(floor)
    await scene.set()
    return scene


def ruled(floor: Floor, target: Target, *steps: Step) -> None:
    """From here on this target alone, with a ladder of these steps."""
    named = msgspec.structs.replace(target, ladder="it")
    rules = msgspec.structs.replace(
        floor.book.rules, targets=[named], ladders={"it": Ladder(steps=list(steps))}
    )
    floor.book = Published(floor.book.version + 1, rules)


async def ring(s: Scene, seconds: float) -> None:
    await s.floor.ring(escalate_due, "escalation", s.at(seconds))


async def alerts(floor: Floor) -> list[dict[str, Any]]:
    return await floor.desk.rows("SELECT * FROM alert ORDER BY id")


async def steps(floor: Floor) -> list[tuple[object, ...]]:
    rows = await floor.desk.rows("SELECT step, held, done FROM escalation ORDER BY fired_at, step")
    return [tuple(row.values()) for row in rows]


async def due_at(floor: Floor) -> list[object]:
    rows = await floor.desk.rows("SELECT due_at FROM timer WHERE kind = 'escalation'")
    return [row["due_at"] for row in rows]


def test_worker_knows_the_effect() -> None:
    assert EFFECTS["escalation"] is escalate_due


async def critical(s: Scene, value: int) -> int:
    """A critical case, opened two seconds after the scene began, of a customer of that value."""
    await s.floor.desk.rows("UPDATE customer SET value = $1", value)
    work = await case_of(s, s.mine, severity="critical")
    return (await s.floor.item(work))["case_id"]


async def test_critical_case_of_a_valuable_customer_is_told_after_20_hours(scene: Scene) -> None:
    """As written: a critical case of a high-value customer, open for 20 hours and not resolved."""
    floor = scene.floor
    case = await critical(scene, 90)
    assert scene.at(2 + 20 * HOURS) in await due_at(floor)
    await ring(scene, 2 + 20 * HOURS - 1)
    assert await alerts(floor) == []

    await ring(scene, 2 + 20 * HOURS)

    [alert] = await alerts(floor)
    assert (alert["kind"], alert["urgency"], alert["addressee"]) == (
        "target_near",
        "critical",
        "supervisor",
    )
    assert (alert["subject_kind"], alert["subject"]) == ("case", case)
    manager = await floor.desk.person("supervisor", capacity=None)
    assert await floor.run(acknowledge, alert["id"], manager, Actor("person", manager), NOW)
    [alert] = await alerts(floor)
    assert alert["acknowledged_by"] == manager


async def test_case_of_another_customer_is_not_told_before_its_target(scene: Scene) -> None:
    await critical(scene, 20)
    await ring(scene, 2 + 20 * HOURS)
    assert await alerts(scene.floor) == []
    await ring(scene, 2 + 24 * HOURS)
    assert [a["kind"] for a in await alerts(scene.floor)] == ["target_missed"]


async def test_case_that_was_resolved_is_not_told(scene: Scene) -> None:
    case = await critical(scene, 90)
    await resolved_case(scene, case)
    assert await due_at(scene.floor) == []


async def test_time_for_which_the_customer_is_waited_does_not_count(scene: Scene) -> None:
    floor, by = scene.floor, Worker(Actor("person", scene.agent), others_work=True)
    case = await critical(scene, 90)
    move = CaseMove(state="pending_customer")
    await floor.run(move_case, case, move, by, floor.book, scene.at(HOURS))
    assert await due_at(floor) == []
    await floor.run(move_case, case, CaseMove(state="open"), by, floor.book, scene.at(6 * HOURS))
    assert scene.at(2 + 25 * HOURS) in await due_at(floor)


async def test_case_that_becomes_critical_has_the_target_of_critical_cases(scene: Scene) -> None:
    floor, by = scene.floor, Worker(Actor("person", scene.agent), others_work=True)
    await floor.desk.rows("UPDATE customer SET value = 90")
    case = (await floor.item(await case_of(scene, scene.mine)))["case_id"]
    edit = CaseEdit(severity="critical")
    await floor.run(edit_case, case, edit, by, floor.book, scene.at(HOURS))
    assert scene.at(2 + 20 * HOURS) in await due_at(floor)


async def test_each_step_is_done_once_whoever_fires_it_again(scene: Scene) -> None:
    floor = scene.floor
    await critical(scene, 90)
    [timer] = await floor.desk.rows(
        "SELECT subject, generation FROM timer WHERE kind = 'escalation' AND due_at = $1",
        scene.at(2 + 20 * HOURS),
    )
    rings = {timer["subject"]: timer["generation"]}
    await ring(scene, 2 + 20 * HOURS)
    await floor.run(escalate_due, rings, floor.book, scene.at(2 + 20 * HOURS))
    assert await steps(floor) == [(0, True, ["alert"])]


async def test_after_a_stop_all_steps_that_have_passed_are_done_in_their_order(
    scene: Scene,
) -> None:
    target = Target(of="case", metric="resolution", target_s=600)
    late, soon = Step(at="+5m", priority=3), Step(at="-5m", alert=AlertStep())
    never = Step(at="0", when='case.severity == "low"', alert=AlertStep())
    ruled(scene.floor, target, late, soon, never)
    work = await case_of(scene, scene.mine)

    await ring(scene, HOURS)

    assert await steps(scene.floor) == [
        (0, True, ["alert"]),
        (1, False, []),
        (2, True, ["priority"]),
    ]
    assert await due_at(scene.floor) == []
    assert (await scene.floor.item(work))["band"] == 3


async def test_work_that_waits_too_long_goes_to_another_queue(scene: Scene) -> None:
    floor = scene.floor
    ruled(
        floor,
        Target(of="conversation", metric="time_in_queue", target_s=300, queue="care"),
        Step(at="0", queue="billing", case=CaseStep(category="complaint", subject="It waits")),
    )
    item = await floor.waiting("late", at=scene.at(0))
    assert await due_at(floor) == [scene.at(300)]

    await ring(scene, 301)

    waiting = await floor.item(item)
    assert (waiting["state"], waiting["queue"]) == ("queued", "billing")
    [case] = await floor.desk.rows("SELECT subject, opened_by_kind FROM service_case")
    assert tuple(case.values()) == ("It waits", "system")
    assert await due_at(floor) == []


async def test_customer_is_told_and_that_is_no_answer(scene: Scene) -> None:
    floor = scene.floor
    ruled(
        floor,
        Target(metric="next_response", target_s=600),
        Step(at="-1m", message="We are with you in a moment."),
        Step(at="0", alert=AlertStep(to="agent")),
    )
    said = await floor.desk.say("mine 0", "hello?", at=scene.at(60))
    await ring(scene, 600)
    last = await floor.desk.rows(
        "SELECT author_kind, text FROM interaction WHERE conversation_id = $1"
        " ORDER BY number DESC LIMIT 1",
        said.conversation,
    )
    assert tuple(last[0].values()) == ("system", "We are with you in a moment.")
    await ring(scene, 660)
    assert [a["agent_id"] for a in await alerts(floor)] == [scene.agent]


async def test_another_rulebook_has_every_clock_looked_at_again(scene: Scene) -> None:
    floor = scene.floor
    await critical(scene, 90)
    ruled(floor, Target(of="case", metric="resolution", target_s=7200), Step(at="0", priority=1))
    await floor.publish()
    await ring(scene, 600)
    assert await due_at(floor) == [scene.at(2 + 7200)]
