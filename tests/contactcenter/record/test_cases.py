import asyncio
from datetime import timedelta
from typing import Any

import pytest

from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import SYSTEM, Actor
from contactcenter.model.case import Case
from contactcenter.record.cases import NewCase, enter, hold_case, open_case, save_case
from contactcenter.record.root import lock_root
from tests.contactcenter.case_scenes import CASE_SCENES
from tests.contactcenter.floor import NOW, Floor, accept
from tests.contactcenter.invariants import broken
from tests.contactcenter.scene import Scene


async def opened(floor: Floor, customer: int, **given: Any) -> Case:
    async def action(tx: Any) -> Case:
        new = NewCase(**{"category": "fault", "subject": "No internet", **given})
        return await open_case(tx, await lock_root(tx, customer), new, SYSTEM, floor.book, NOW)

    return await floor.desk.database.run(action)


async def customer(floor: Floor, who: str = "1") -> int:
    return await floor.desk.customer_of((await floor.desk.say(who)).conversation)


async def test_a_case_waits_at_once_as_its_category_says(floor: Floor) -> None:
    case = await opened(floor, await customer(floor))
    [item] = await floor.desk.rows("SELECT * FROM work_item WHERE case_id = $1", case.id)
    assert (case.state, case.severity, case.queue) == ("new", "high", "fiber")
    assert (item["kind"], item["state"], item["queue"]) == ("case", "queued", "fiber")
    assert (item["channel"], item["conversation_id"]) == ("case", None)
    assert item["head_start_words"] == '[["severity:high", 300000000]]'


async def test_what_the_rulebook_lacks_is_refused_with_what_it_has(floor: Floor) -> None:
    whose = await customer(floor)
    with pytest.raises(BadInput, match="fault, complaint") as refused:
        await opened(floor, whose, category="none")
    assert (refused.value.code, refused.value.pointer) == ("unknown-category", "/category")
    with pytest.raises(BadInput) as refused:
        await opened(floor, whose, queue="none")
    assert (refused.value.code, refused.value.pointer) == ("unknown-queue", "/queue")


async def test_a_case_that_is_not_there_is_not_found(floor: Floor) -> None:
    with pytest.raises(NotFound):
        await floor.run(hold_case, 9)


async def test_what_was_read_before_another_wrote_is_not_written(floor: Floor) -> None:
    case = await opened(floor, await customer(floor))
    await floor.run(save_case, case, case.entered("pending_customer", NOW), SYSTEM, NOW)
    with pytest.raises(Conflict) as refused:
        await floor.run(save_case, case, case.entered("open", NOW), SYSTEM, NOW)
    assert refused.value.code == "case-changed"


async def test_its_owner_is_asked_first_when_it_comes_back(floor: Floor) -> None:
    case, agent = await opened(floor, await customer(floor)), await floor.desk.person()
    work = await floor.desk.value("SELECT id FROM work_item WHERE case_id = $1", case.id)
    offer = await floor.offer(work, agent)
    await floor.run(accept, agent, offer, floor.book, NOW)

    async def turn(state: Any) -> None:
        async def action(tx: Any) -> None:
            held, item = await hold_case(tx, case.id)
            await enter(tx, held, item, held.entered(state, NOW), SYSTEM, floor.book, NOW)

        await floor.desk.database.run(action)

    await turn("pending_third_party")
    assert await floor.state(work) == "done"
    await turn("open")
    [again] = await floor.desk.rows(
        "SELECT * FROM work_item WHERE case_id = $1 AND state = 'queued'", case.id
    )
    patience = floor.book.rules.queues["fiber"].sticky_patience_s
    assert (again["sticky_agent_id"], again["sticky_until"]) == (
        agent,
        NOW + timedelta(seconds=patience),
    )


async def test_a_queue_that_the_rulebook_has_no_more_is_replaced_by_its_categorys(
    floor: Floor,
) -> None:
    case = await opened(floor, await customer(floor), queue="billing")

    async def action(tx: Any) -> Case:
        held, item = await hold_case(tx, case.id)
        away = held.entered("pending_customer", NOW)
        return await enter(tx, held, item, away, SYSTEM, floor.book, NOW)

    await floor.desk.database.run(action)
    await floor.desk.rows("UPDATE service_case SET queue = 'closed down' WHERE id = $1", case.id)

    async def back(tx: Any) -> Case:
        held, item = await hold_case(tx, case.id)
        return await enter(
            tx, held, item, held.entered("open", NOW), Actor("system"), floor.book, NOW
        )

    assert (await floor.desk.database.run(back)).queue == "fiber"


async def test_two_who_open_at_once_open_two_and_one_key_opens_one(floor: Floor) -> None:
    whose = await customer(floor)
    await asyncio.gather(*(opened(floor, whose, subject=str(n)) for n in range(5)))
    assert await floor.desk.value("SELECT count(*) FROM service_case") == 5


async def test_the_rules_of_the_record_hold_whatever_is_done_to_cases(floor: Floor) -> None:
    for number, (name, scene) in enumerate(CASE_SCENES.items()):
        stage = Scene(floor, number)
        await stage.set()
        await scene(stage)
        assert await broken(floor.desk.database) == [], name
