from contactcenter.record.owners import owners
from tests.contactcenter.floor import Floor


async def test_owners_are_those_who_have_work_on_the_customers_now(floor: Floor) -> None:
    agents = [await floor.desk.person() for _ in range(3)]
    items = [await floor.active(agent, who) for agent, who in zip(agents, "123", strict=True)]
    customers = [(await floor.item(item))["customer_id"] for item in items]
    await floor.desk.rows("UPDATE work_item SET state = 'wrapup' WHERE id = $1", items[1])
    await floor.desk.rows("UPDATE work_item SET state = 'done' WHERE id = $1", items[2])

    assert await floor.run(owners, customers) == sorted(agents[:2])
    assert await floor.run(owners, customers[:1]) == agents[:1]
