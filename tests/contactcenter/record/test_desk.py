from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contactcenter.actions.handle.hold import hold_reply
from contactcenter.actions.handle.reply import Reply
from contactcenter.record import desk as module
from contactcenter.record.desk import read_desk
from tests.contactcenter.floor import NOW as FLOOR_NOW

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


async def read(desk: Any, agent: int) -> Any:
    async with desk.database.snapshot() as tx:
        return await read_desk(tx, agent, desk.book)


async def has(desk: Any, agent: int, conversation: int, state: str = "active") -> None:
    await desk.rows(
        "UPDATE work_item SET state = $1, agent_id = $2 WHERE conversation_id = $3",
        state,
        agent,
        conversation,
    )


async def test_an_empty_desk_shows_who_sits_there_and_the_rules_words(desk: Any) -> None:
    agent = await desk.person(capacity=4)
    seen = await read(desk, agent)
    assert (seen.me.id, seen.me.capacity, seen.me.presence) == (agent, 4, "available")
    assert (seen.offers, seen.items) == ([], [])
    assert seen.queues["care"] == "Customer care"
    assert (seen.reasons[0], seen.dispositions[0], seen.rulebook) == ("break", "solved", 1)


async def test_the_agents_work_comes_with_the_end_of_what_was_said(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "INTERACTIONS_MAX", 2)
    agent, other = await desk.person(), await desk.person()
    for text in "abc":
        mine = await desk.say("+621", text)
    theirs = await desk.say("+622")
    await has(desk, agent, mine.conversation, "wrapup")
    await has(desk, other, theirs.conversation)

    [item] = (await read(desk, agent)).items

    assert (item.conversation, item.state, item.dormant) == (mine.conversation, "wrapup", False)
    assert [(s.number, s.text) for s in item.interactions] == [(2, "b"), (3, "c")]
    assert item.interactions[0].occurred_at.tzinfo is not None


async def test_work_in_wrap_up_shows_when_that_ends_and_the_conversations_tags(desk: Any) -> None:
    agent = await desk.person()
    said = await desk.say("+621")
    await has(desk, agent, said.conversation, "wrapup")
    await desk.rows("UPDATE conversation SET tags = '{invoice}'")
    until = NOW + timedelta(seconds=30)
    await desk.rows(
        "INSERT INTO timer (kind, subject, due_at) SELECT 'wrapup_end', id, $1 FROM work_item",
        until,
    )

    [item] = (await read(desk, agent)).items

    assert (item.wrap_up_until, item.tags) == (until, ["invoice"])


async def test_a_pending_offer_shows_the_customers_last_words(desk: Any) -> None:
    agent = await desk.person()
    said = await desk.say("+621", "x" * 300)
    await desk.rows("UPDATE customer SET name = 'Ani', tier = 'gold', value = 9")
    for state in ("expired", "pending"):
        await desk.rows(
            "INSERT INTO offer (item_id, agent_id, state, made_at, expires_at, sentence,"
            " explanation, rulebook_version, queue)"
            " SELECT id, $1, $2, $3, $3, 'you are idle', '{}', 1, queue FROM work_item",
            agent,
            state,
            NOW,
        )

    [offer] = (await read(desk, agent)).offers

    assert (offer.conversation, offer.customer_name, offer.tier, offer.value) == (
        said.conversation,
        "Ani",
        "gold",
        9,
    )
    assert (offer.sentence, offer.excerpt) == ("you are idle", "x" * 280)


async def test_a_reply_that_may_be_taken_back_is_shown_with_its_files(floor: Any) -> None:
    desk, agent = floor.desk, await floor.desk.person()
    item = await floor.active(agent)
    file = await desk.value(
        "INSERT INTO file (name, media_type, size, person_id, created_at)"
        " VALUES ('a.txt', 'text/plain', 3, $1, $2) RETURNING id",
        agent,
        FLOOR_NOW,
    )
    said = Reply(agent=agent, item=item, text="So?", seen=1, files=(file,), request_id="c1")
    await floor.run(hold_reply, said, 5, FLOOR_NOW)

    seen = await read(desk, agent)

    assert seen.me.undo_s == 5
    [held] = seen.held
    assert (held.item, held.text, held.seen, held.request_id) == (item, "So?", 1, "c1")
    assert held.conversation == (await floor.item(item))["conversation_id"]
    [part] = held.parts
    assert (part["type"], part["file"], part["name"], part["size"]) == ("file", file, "a.txt", 3)
    assert held.due_at == FLOOR_NOW + timedelta(seconds=5)
