import asyncio
from typing import Any

import pytest

from contactcenter.errors import Conflict, NotFound
from contactcenter.record.held import hold, hold_conversation, hold_many, owned_by


async def test_an_item_is_held_with_its_conversation(desk: Any) -> None:
    said = await desk.say("+621")
    held = await desk.database.run(lambda tx: hold(tx, 1))
    assert (held.item.id, held.conversation.id, held.bot) == (1, said.conversation, None)


async def test_what_is_not_there_cannot_be_held(desk: Any) -> None:
    with pytest.raises(NotFound, match="no work item 404"):
        await desk.database.run(lambda tx: hold(tx, 404))
    with pytest.raises(NotFound, match="no conversation 404"):
        await desk.database.run(lambda tx: hold_conversation(tx, 404))


async def test_of_many_those_are_held_that_there_are(desk: Any) -> None:
    for who in "abc":
        await desk.say(who)
    held = await desk.database.run(lambda tx: hold_many(tx, [3, 404, 1]))
    assert sorted(held) == [1, 3]
    assert {h.conversation.id for h in held.values()} == {1, 3}


async def test_of_none_nothing_is_held(desk: Any) -> None:
    assert await desk.database.run(lambda tx: hold_many(tx, [])) == {}


async def test_what_moves_while_it_is_waited_for_is_held_where_it_is_then(desk: Any) -> None:
    for who in "ab":
        await desk.say(who)
    await desk.rows("UPDATE work_item SET state = 'done' WHERE id = 2")

    async with desk.connection.transaction():
        await desk.rows("SELECT FROM conversation WHERE id = 1 FOR NO KEY UPDATE")
        holding = asyncio.create_task(desk.database.run(lambda tx: hold(tx, 1)))
        async with asyncio.timeout(10):
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            while not await desk.database._pool.fetchval(waiting):
                assert not holding.done()
        await desk.rows("UPDATE work_item SET conversation_id = 2 WHERE id = 1")

    assert (await holding).conversation.id == 2


async def test_a_conversation_is_held_with_its_live_item_if_it_has_one(desk: Any) -> None:
    await desk.say("+621")
    _, item = await desk.database.run(lambda tx: hold_conversation(tx, 1))
    assert item.id == 1
    await desk.rows("UPDATE work_item SET state = 'done'")
    conversation, none = await desk.database.run(lambda tx: hold_conversation(tx, 1))
    assert (conversation.id, none) == (1, None)


@pytest.mark.parametrize(
    ("state", "asked", "fits"),
    [
        ("active", (), True),
        ("wrapup", (), True),
        ("wrapup", ("active",), False),
        ("done", (), False),
    ],
)
async def test_who_has_the_work_in_a_state_that_fits_may_go_on(
    desk: Any, state: str, asked: Any, *, fits: bool
) -> None:
    await desk.say("+621")
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = $1, agent_id = $2", state, agent)
    held = await desk.database.run(lambda tx: hold(tx, 1))
    if fits:
        assert owned_by(held, agent, *asked) == held.item
        return
    with pytest.raises(Conflict) as refused:
        owned_by(held, agent, *asked)
    assert (refused.value.code, refused.value.context["state"]) == ("not-yours", state)


async def test_nobody_else_may(desk: Any) -> None:
    await desk.say("+621")
    held = await desk.database.run(lambda tx: hold(tx, 1))
    with pytest.raises(Conflict, match="is queued"):
        owned_by(held, 7)
