from contactcenter.actions.automate.moments import Row, moments
from contactcenter.model.triggered import Moment
from tests.contactcenter.floor import Floor
from tests.contactcenter.scene import Scene


async def read(floor: Floor) -> list[Moment]:
    async with floor.desk.database.snapshot() as tx:
        rows = await tx.many(Row, "log.after", 0, 100)
        wanted = [r for r in rows if r.fact["fact"] == "InteractionAppended"]
        return [moment for _, moment in await moments(tx, wanted)]


async def test_a_fact_is_read_with_what_it_is_about_now(floor: Floor) -> None:
    said = await floor.desk.say("1")
    await floor.desk.rows("UPDATE customer SET tier = 'gold'")
    await floor.desk.rows("UPDATE identity SET verified = true")
    [moment] = await read(floor)
    assert moment.conversation
    assert moment.conversation.id == said.conversation
    assert (moment.customer.tier, moment.verified, moment.connection) == ("gold", True, "front")


async def test_a_merged_customer_is_who_they_are_known_as(floor: Floor) -> None:
    stage = Scene(floor)
    await stage.set()
    await stage.merge(stage.waiting, stage.mine)
    winner = await stage.customer(stage.mine)
    assert {moment.customer.id for moment in await read(floor)} == {winner}


async def test_facts_that_cannot_be_read_are_left_out(floor: Floor) -> None:
    await floor.desk.say("1")
    async with floor.desk.database.snapshot() as tx:
        rows = [Row(1, {"fact": "OfTomorrow", "at": "2026-11-21T09:00:00Z"})]
        assert await moments(tx, rows) == []
