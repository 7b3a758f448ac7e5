import asyncio
from datetime import timedelta

import pytest

from contactcenter.actions.drafts import Draft, NewDraft, save_draft
from contactcenter.actions.handle.hold import (
    Held,
    held_replies_due,
    hold_reply,
    send_now,
    take_back,
)
from contactcenter.actions.handle.reply import Reply
from contactcenter.actions.transfer import requeue
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.floor import NOW, Floor, reply

LATER = NOW + timedelta(seconds=5)


@pytest.fixture
async def agent(floor: Floor) -> int:
    return await floor.desk.person()


@pytest.fixture
async def item(floor: Floor, agent: int) -> int:
    return await floor.active(agent)


async def held(floor: Floor, agent: int, item: int, text: str = "So?") -> Held:
    said = Reply(agent=agent, item=item, text=text, seen=9)
    return await floor.run(hold_reply, said, 5, NOW)


async def said(floor: Floor) -> list[object]:
    rows = await floor.desk.rows(
        "SELECT text FROM interaction WHERE direction = 'outbound' ORDER BY position"
    )
    return [row["text"] for row in rows]


async def outcomes(floor: Floor) -> list[tuple[object, object]]:
    ended = await floor.desk.facts("HeldReplyEnded")
    return [(fact["outcome"], fact.get("code")) for fact in ended]


async def test_it_leaves_when_it_is_due_and_once(floor: Floor, agent: int, item: int) -> None:
    waits = await held(floor, agent, item)
    assert (waits.due_at, await said(floor)) == (LATER, [])
    assert ("held_reply", waits.held, LATER) in await floor.timers()
    rings = {waits.held: (await floor.ring(held_replies_due, "held_reply", LATER))[0]["generation"]}
    await floor.run(held_replies_due, rings, floor.book, LATER)
    assert await said(floor) == ["So?"]
    assert await outcomes(floor) == [("sent", None)]
    assert "held_reply" not in [timer[0] for timer in await floor.timers()]


async def test_what_was_held_for_long_leaves_in_the_order_of_writing(
    floor: Floor, agent: int, item: int
) -> None:
    texts = [str(n) for n in range(6)]
    for text in texts:
        await held(floor, agent, item, text)
    await floor.desk.rows("UPDATE held_reply SET text = text WHERE id % 2 = 0")  # moves the rows
    await floor.ring(held_replies_due, "held_reply", LATER)
    assert await said(floor) == texts


async def test_what_is_taken_back_is_never_said(floor: Floor, agent: int, item: int) -> None:
    waits = await held(floor, agent, item)
    other = await floor.desk.person()
    with pytest.raises(Conflict) as refused:
        await floor.run(take_back, other, waits.held, NOW)
    assert refused.value.code == "held-gone"
    await floor.run(take_back, agent, waits.held, NOW)
    await floor.ring(held_replies_due, "held_reply", LATER)
    with pytest.raises(Conflict):
        await floor.run(send_now, agent, waits.held, floor.book, NOW)
    assert (await said(floor), await outcomes(floor)) == ([], [("taken_back", None)])


async def test_it_may_leave_at_once(floor: Floor, agent: int, item: int) -> None:
    waits = await held(floor, agent, item)
    sent = await floor.run(send_now, agent, waits.held, floor.book, NOW)
    assert (sent.number, await said(floor)) == (2, ["So?"])
    with pytest.raises(Conflict):
        await floor.run(take_back, agent, waits.held, NOW)


async def test_taken_back_and_due_at_once_it_is_one_of_both(floor: Floor, agent: int) -> None:
    item = await floor.active(agent)
    for turn in range(4):
        waits = await held(floor, agent, item, f"{turn}")
        await asyncio.gather(
            floor.ring(held_replies_due, "held_reply", LATER),
            floor.run(take_back, agent, waits.held, LATER),
            return_exceptions=True,
        )
    ended = [outcome for outcome, _ in await outcomes(floor)]
    assert len(ended) == 4
    assert ended.count("sent") == len(await said(floor))


async def test_what_cannot_be_said_any_more_becomes_a_draft(
    floor: Floor, agent: int, item: int
) -> None:
    await held(floor, agent, item)
    await floor.run(requeue, item, None, SYSTEM, floor.book, NOW)
    await floor.ring(held_replies_due, "held_reply", LATER)
    assert (await said(floor), await outcomes(floor)) == ([], [("refused", "not-yours")])
    assert [r["text"] for r in await floor.desk.rows("SELECT text FROM draft")] == ["So?"]


async def drafts(floor: Floor) -> list[str]:
    rows = await floor.desk.rows("SELECT person_id, conversation_id FROM draft")
    found = [
        await floor.run(
            lambda tx, row=row: tx.many(
                Draft, "drafts.read", row["person_id"], row["conversation_id"], 0, 9
            )
        )
        for row in rows
    ]
    return [draft.text for one in found for draft in one]


async def test_what_is_begun_meanwhile_is_no_part_of_it(
    floor: Floor, agent: int, item: int
) -> None:
    conversation = (await floor.item(item))["conversation_id"]
    await floor.run(save_draft, agent, conversation, NewDraft(text="So?"), NOW)
    first = await held(floor, agent, item)
    assert await drafts(floor) == []
    await held(floor, agent, item, "And?")
    await floor.run(save_draft, agent, conversation, NewDraft(text="By the w"), NOW)
    await floor.run(send_now, agent, first.held, floor.book, NOW)
    assert await drafts(floor) == ["By the w"]
    await floor.ring(held_replies_due, "held_reply", LATER)
    assert await drafts(floor) == ["By the w"]


async def test_what_is_refused_stands_before_what_was_begun_meanwhile(
    floor: Floor, agent: int, item: int
) -> None:
    conversation = (await floor.item(item))["conversation_id"]
    await held(floor, agent, item)
    note = NewDraft(text="He is angry", kind="note")
    await floor.run(save_draft, agent, conversation, note, NOW)
    await floor.run(requeue, item, None, SYSTEM, floor.book, NOW)
    await floor.ring(held_replies_due, "held_reply", LATER)
    [left] = await floor.desk.rows("SELECT kind, text FROM draft")
    assert left == {"kind": "note", "text": "So?\nHe is angry"}


async def test_the_fence_holds_when_it_leaves(floor: Floor, agent: int, item: int) -> None:
    await floor.run(hold_reply, Reply(agent=agent, item=item, text="So?", seen=1), 5, NOW)
    await floor.desk.rows(
        "UPDATE conversation SET answered_number = 2, answered_kind = 'bot', answered_id = 9,"
        " last_number = 2"
    )
    await floor.desk.rows(
        "INSERT INTO interaction SELECT 999, 999, conversation_id, 2, kind, 'outbound', channel,"
        " connection_id, identity_id, 'bot', 9, 'Me', parts, delivery, occurred_at, received_at,"
        " request_id FROM interaction LIMIT 1"
    )
    await floor.ring(held_replies_due, "held_reply", LATER)
    assert await outcomes(floor) == [("refused", "answered-meanwhile")]


async def test_only_the_agents_own_work_is_answered_so(floor: Floor, item: int) -> None:
    with pytest.raises(Conflict):
        await held(floor, await floor.desk.person(), item)
    assert await floor.desk.value("SELECT count(*) FROM held_reply") == 0


async def test_nothing_is_not_held(floor: Floor, agent: int, item: int) -> None:
    with pytest.raises(BadInput):
        await held(floor, agent, item, "")
    await floor.run(reply, agent, item, "Hi", seen=9, connection_id=None, book=floor.book, now=NOW)
