from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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


async def owned(desk: Any, presence: str, since: datetime) -> int:
    """Our turn already, with an agent who said this then."""
    await desk.say("+621")
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1", agent)
    await desk.rows("UPDATE agent SET presence = $1, presence_since = $2", presence, since)
    return agent


PATIENCE = timedelta(seconds=120)


@pytest.mark.parametrize(
    ("presence", "since", "because"),
    [
        ("away", NOW - PATIENCE - timedelta(seconds=1), "agent_away"),
        ("offline", NOW, "agent_gone"),
    ],
)
async def test_what_an_agent_has_left_alone_is_queued_though_it_is_our_turn_already(
    desk: Any, presence: str, since: datetime, because: str
) -> None:
    agent = await owned(desk, presence, since)
    waiting_since = await desk.value("SELECT waiting_since FROM work_item")

    [after] = await turn(desk)

    assert (after.state, after.agent_id, after.sticky_agent_id) == ("queued", None, agent)
    assert (after.enqueued_at, after.waiting_since) == (NOW, waiting_since)
    queued = (await desk.facts("ItemQueued"))[-1]
    assert (queued["because"], queued["agent"]) == (because, agent)
    assert await desk.value("SELECT idle_since FROM agent") == NOW


@pytest.mark.parametrize(
    ("presence", "since"), [("away", NOW - PATIENCE), ("available", NOW - 9 * PATIENCE)]
)
async def test_what_an_agent_comes_back_to_stays_theirs(
    desk: Any, presence: str, since: datetime
) -> None:
    await owned(desk, presence, since)
    before = await desk.rows("SELECT * FROM work_item")
    written = await desk.value("SELECT count(*) FROM log")

    assert await turn(desk) == []

    assert await desk.rows("SELECT * FROM work_item") == before
    assert await desk.value("SELECT count(*) FROM log") == written


async def test_an_agent_who_vanished_keeps_it_for_the_grace_time(desk: Any) -> None:
    await owned(desk, "available", NOW)
    await desk.rows("UPDATE agent SET gone_since = $1", NOW)
    assert await turn(desk) == []
