from typing import Any

from contactcenter.record.cases import hold_case
from contactcenter.record.settle import settle, wait_again
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.record.test_cases import customer, opened


async def work_of(floor: Floor, case: int) -> int:
    return await floor.desk.value("SELECT id FROM work_item WHERE case_id = $1", case)


async def test_settled_work_that_nobody_had_is_cancelled_with_its_offer(floor: Floor) -> None:
    case, agent = await opened(floor, await customer(floor)), await floor.desk.person()
    work = await work_of(floor, case.id)
    await floor.offer(work, agent)

    async def action(tx: Any) -> None:
        _, item = await hold_case(tx, case.id)
        assert item
        await settle(tx, item, NOW)

    await floor.desk.database.run(action)
    assert await floor.state(work) == "cancelled"
    assert await floor.offers() == [(work, agent, "rescinded", "settled")]


async def test_what_waits_again_leaves_whoever_was_offered_it(floor: Floor) -> None:
    case, agent = await opened(floor, await customer(floor)), await floor.desk.person()
    work = await work_of(floor, case.id)
    await floor.offer(work, agent)

    async def action(tx: Any) -> None:
        _, item = await hold_case(tx, case.id)
        assert item
        await wait_again(tx, item, item.queued(NOW), "transferred", NOW)

    await floor.desk.database.run(action)
    assert await floor.state(work) == "queued"
    assert await floor.offers() == [(work, agent, "rescinded", "transferred")]
