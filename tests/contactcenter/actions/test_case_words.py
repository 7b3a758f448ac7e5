import asyncio
from datetime import timedelta

import pytest

from contactcenter.actions.case_words import close_due, customers_spoke
from tests.contactcenter.case_scenes import heard, moved_case, resolved_case, taken_case
from tests.contactcenter.floor import Floor
from tests.contactcenter.scene import Scene

CLOSE_S = 604_800
WINDOW_S = 1_209_600


@pytest.fixture
async def scene(floor: Floor) -> Scene:
    stage = Scene(floor)
    await stage.set()
    return stage


async def case(floor: Floor, case_id: int) -> tuple[object, ...]:
    [row] = await floor.desk.rows("SELECT state, reopened FROM service_case WHERE id = $1", case_id)
    return tuple(row.values())


async def test_what_waited_for_the_customer_goes_on_with_their_words(
    floor: Floor, scene: Scene
) -> None:
    one = await taken_case(scene, scene.mine)
    await moved_case(scene, one, "pending_customer", 5)
    await heard(scene, 6)
    assert await case(floor, one) == ("pending_customer", 0)
    await floor.desk.say(scene.who("mine"), "Here.", at=scene.at(7))
    await heard(scene, 8)
    assert await case(floor, one) == ("open", 0)
    [event] = await floor.desk.rows(
        "SELECT by_kind, changes FROM case_event ORDER BY id DESC LIMIT 1"
    )
    assert event["by_kind"] == "customer"


@pytest.mark.parametrize(
    ("after_s", "asked", "found"),
    [
        (60, True, ("open", 1)),
        (WINDOW_S + 60, True, ("resolved", 0)),
        (60, False, ("resolved", 0)),
    ],
)
async def test_what_was_resolved_is_reopened_where_the_rulebook_says_so(
    floor: Floor, scene: Scene, after_s: int, *, asked: bool, found: tuple[str, int]
) -> None:
    floor.rules(cases={"reopen_on_words": asked})
    one = await taken_case(scene, scene.mine)
    await resolved_case(scene, one, 6)
    await floor.desk.rows("UPDATE conversation SET state = 'closed', closed_at = now()")
    conversation = await scene.conversation(scene.mine)
    await floor.desk.rows(
        "UPDATE conversation SET state = 'open', closed_at = NULL WHERE id = $1", conversation
    )
    await floor.desk.say(scene.who("mine"), "Broken.", at=scene.at(6 + after_s))
    await heard(scene, 6 + after_s)
    assert await case(floor, one) == found


async def test_words_from_before_are_no_answer_to_it(floor: Floor, scene: Scene) -> None:
    one = await taken_case(scene, scene.mine)
    await floor.desk.say(scene.who("mine"), "Hello?", at=scene.at(5))
    await moved_case(scene, one, "pending_customer", 6)
    await heard(scene, 7)
    assert await case(floor, one) == ("pending_customer", 0)


async def test_a_third_party_is_waited_for_whatever_the_customer_says(
    floor: Floor, scene: Scene
) -> None:
    one = await taken_case(scene, scene.mine)
    await moved_case(scene, one, "pending_third_party", 5)
    await floor.desk.say(scene.who("mine"), "Well?", at=scene.at(6))
    await heard(scene, 7)
    assert await case(floor, one) == ("pending_third_party", 0)


async def test_two_processes_reopen_once(floor: Floor, scene: Scene) -> None:
    one = await taken_case(scene, scene.mine)
    await resolved_case(scene, one)
    await floor.desk.say(scene.who("mine"), "Broken.", at=scene.at(7))
    while sum(
        await asyncio.gather(
            *(floor.run(customers_spoke, 5, floor.book, scene.at(8)) for _ in range(3))
        )
    ):
        pass
    assert await case(floor, one) == ("open", 1)


async def test_what_nobody_asks_for_again_is_closed(floor: Floor, scene: Scene) -> None:
    one = await taken_case(scene, scene.mine)
    await resolved_case(scene, one)
    await floor.ring(close_due, "case_close", scene.at(CLOSE_S + 6))
    assert await case(floor, one) == ("closed", 0)
    closed = await floor.desk.value("SELECT closed_at FROM service_case WHERE id = $1", one)
    assert closed == scene.at(0) + timedelta(seconds=CLOSE_S + 6)


async def test_a_stale_timer_closes_nothing(floor: Floor, scene: Scene) -> None:
    one = await taken_case(scene, scene.mine)
    await resolved_case(scene, one)
    [timer] = await floor.desk.rows("SELECT generation FROM timer WHERE kind = 'case_close'")
    await moved_case(scene, one, "open", 7)
    await floor.run(close_due, {one: timer["generation"]}, floor.book, scene.at(8))
    assert await case(floor, one) == ("open", 1)
