from datetime import UTC, datetime
from typing import Any

from contactcenter.record.held import hold
from contactcenter.record.turn import turn_to_us

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


async def turn(desk: Any) -> Any:
    async def action(tx: Any) -> Any:
        return await turn_to_us(tx, [await hold(tx, 1)], desk.book, NOW)

    return await desk.database.run(action)


async def test_what_waits_for_us_already_stays_as_it_is(desk: Any) -> None:
    await desk.say("+621")
    before = await desk.rows("SELECT * FROM work_item")
    assert await turn(desk) == []
    assert await desk.rows("SELECT * FROM work_item") == before


async def test_what_nobody_has_only_becomes_our_turn(desk: Any) -> None:
    await desk.say("+621")
    await desk.rows("UPDATE work_item SET waiting_for = 'customer'")
    written = await desk.value("SELECT count(*) FROM log")

    [after] = await turn(desk)

    assert (after.state, after.waiting_for, after.waiting_since) == ("queued", "us", NOW)
    assert await desk.rows("SELECT state, waiting_for, waiting_since FROM work_item") == [
        {"state": "queued", "waiting_for": "us", "waiting_since": NOW}
    ]
    assert await desk.value("SELECT count(*) FROM log") == written


async def test_what_an_agent_has_awake_is_only_said_to_wait(desk: Any) -> None:
    await desk.say("+621")
    agent = await desk.person()
    await desk.rows(
        "UPDATE work_item SET state = 'active', agent_id = $1, waiting_for = 'customer'", agent
    )

    [after] = await turn(desk)

    assert (after.state, after.agent_id, after.waiting_for) == ("active", agent, "us")
    assert [f["waiting_for"] for f in await desk.facts("ItemWaiting")] == ["us"]
    assert await desk.facts("ItemWeighed") == []
