from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from contactcenter.model.agent import Load
from contactcenter.record.load import loads, lock_agents, released, save_agent

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


async def test_those_agents_are_locked_that_there_are(desk: Any) -> None:
    agent = await desk.person(capacity=7)
    supervisor = await desk.person("supervisor", capacity=None)
    found = await desk.database.run(lambda tx: lock_agents(tx, [supervisor, agent, agent, 404]))
    assert {i: a.capacity for i, a in found.items()} == {agent: 7}


async def test_active_work_wrap_up_and_pending_offers_are_carried(desk: Any) -> None:
    agent, idle = await desk.person(), await desk.person()
    for who in "abcde":
        await desk.say(who)
    await desk.rows(
        "UPDATE work_item SET agent_id = $1, state = (ARRAY['active', 'wrapup', 'done'])[id],"
        " weight = id, full_weight = 4 WHERE id < 4",
        agent,
    )
    await desk.rows("UPDATE work_item SET channel = 'web' WHERE id = 2")
    await desk.rows(
        "INSERT INTO offer (item_id, agent_id, state, made_at, expires_at, sentence, explanation,"
        " rulebook_version, queue)"
        " SELECT id, $1, CASE id WHEN 4 THEN 'pending' ELSE 'declined' END,"
        " now(), now(), '', '{}', 1, queue FROM work_item WHERE id > 3",
        agent,
    )

    carried = await desk.database.run(lambda tx: loads(tx, [agent, idle]))

    assert carried == {agent: Load({"mobile": 2, "web": 2}), idle: Load({})}


async def test_what_an_agent_says_is_written(desk: Any) -> None:
    agent = await desk.person()
    [before] = (await desk.database.run(lambda tx: lock_agents(tx, [agent]))).values()
    changed = msgspec.structs.replace(
        before.says("away", "lunch", LATER), gone_since=LATER, misses=2, cooldown_until=LATER
    )
    await desk.database.run(lambda tx: save_agent(tx, changed))
    assert await desk.database.run(lambda tx: lock_agents(tx, [agent])) == {agent: changed}


async def test_who_is_released_is_idle_from_then_on(desk: Any) -> None:
    agent, other = await desk.person(), await desk.person()
    await desk.database.run(lambda tx: released(tx, [agent, agent], LATER))
    found = await desk.database.run(lambda tx: lock_agents(tx, [agent, other]))
    assert found[agent].idle_since == LATER
    assert found[other].idle_since < LATER
