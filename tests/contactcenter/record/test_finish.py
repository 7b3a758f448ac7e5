from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.record.finish import close, finish
from contactcenter.record.held import hold
from contactcenter.record.work import save

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def agent(desk: Any) -> int:
    """Somebody who has the only work item, with its timers."""
    await desk.say("+621")
    agent = await desk.person()
    await desk.rows(
        "UPDATE work_item SET state = 'wrapup', agent_id = $1, disposition = 'solved'", agent
    )
    await desk.rows(
        "INSERT INTO timer (kind, subject, due_at) SELECT kind, 1, now()"
        " FROM unnest(ARRAY['item_idle', 'wrapup_end', 'agent_grace']) AS k (kind)"
    )
    return agent


async def test_a_finished_item_leaves_a_closed_conversation_and_no_timer(
    desk: Any, agent: int
) -> None:
    async def action(tx: Any) -> None:
        held = await hold(tx, 1)
        await save(tx, [(held.item, await finish(tx, held, "resolved", NOW))], NOW)

    await desk.database.run(action)

    assert await desk.rows("SELECT state, disposition, ended_at FROM work_item") == [
        {"state": "done", "disposition": "solved", "ended_at": NOW}
    ]
    assert await desk.rows("SELECT state, close_reason, closed_at FROM conversation") == [
        {"state": "closed", "close_reason": "resolved", "closed_at": NOW}
    ]
    assert await desk.rows("SELECT kind FROM timer") == [{"kind": "agent_grace"}]
    [done] = await desk.facts("ItemDone")
    [closed] = await desk.facts("ConversationClosed")
    assert (done["agent"], done["disposition"]) == (agent, "solved")
    assert (closed["agents"], closed["reason"]) == ([agent], "resolved")


async def test_a_disposition_that_is_given_replaces_the_earlier(desk: Any, agent: int) -> None:
    async def action(tx: Any) -> Any:
        return await finish(tx, await hold(tx, 1), "resolved", NOW, "spam")

    done = await desk.database.run(action)
    assert (done.disposition, done.agent_id) == ("spam", agent)


async def test_closing_alone_leaves_the_work(desk: Any, agent: int) -> None:
    async def action(tx: Any) -> None:
        await close(tx, await hold(tx, 1), "abandoned", NOW)

    await desk.database.run(action)
    assert await desk.value("SELECT state FROM work_item WHERE agent_id = $1", agent) == "wrapup"
    assert await desk.value("SELECT close_reason FROM conversation") == "abandoned"
