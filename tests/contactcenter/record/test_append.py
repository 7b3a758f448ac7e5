from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from contactcenter.model.conversation import Conversation
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, Placed, append

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)


def draft(**changed: Any) -> Draft:
    said = Draft(
        kind="message",
        direction="outbound",
        channel="mobile",
        author_kind="agent",
        author_id=7,
        text="yes",
        occurred_at=NOW,
    )
    return msgspec.structs.replace(said, **changed)


async def write(desk: Any, *placed: tuple[int, Draft], item: WorkItem | None = None) -> Any:
    """Append; returns what was written and the conversations as they are then."""

    async def action(tx: Any) -> Any:
        rows = await tx.many(Conversation, "conversations.lock", sorted({p[0] for p in placed}))
        conversations = {c.id: c for c in rows}
        said = await append(tx, [Placed(c, d, item) for c, d in placed], conversations, LATER)
        return said, conversations

    return await desk.database.run(action)


async def stored(desk: Any, conversation: int) -> dict[str, Any]:
    [row] = await desk.rows("SELECT * FROM conversation WHERE id = $1", conversation)
    return row


async def test_each_conversation_is_numbered_on_by_itself(desk: Any) -> None:
    one, two = [(await desk.say(who)).conversation for who in ("+621", "+622")]

    said, conversations = await write(
        desk, (two, draft(text="a")), (one, draft(text="b")), (two, draft(text="c"))
    )

    assert [(s.text, s.number) for s in said] == [("a", 2), ("b", 2), ("c", 3)]
    assert {c.id: c.last_number for c in conversations.values()} == {one: 2, two: 3}
    assert [(await stored(desk, c))["last_number"] for c in (one, two)] == [2, 3]


async def test_what_is_written_is_what_is_returned_and_said(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    whole = draft(
        parts=[{"kind": "image"}, {"kind": "file"}],
        delivery="sent",
        request_id="r",
        identity_id=1,
        connection_id=1,
    )

    [said], _ = await write(desk, (conversation, whole))

    [row] = await desk.rows("SELECT * FROM interaction WHERE id = $1", said.id)
    for field in ("number", "position", "text", "delivery", "request_id", "occurred_at"):
        assert row[field] == getattr(said, field), field
    assert (said.received_at, msgspec.json.decode(row["parts"])) == (LATER, whole.parts)
    fact = (await desk.facts("InteractionAppended"))[-1]
    assert msgspec.convert(fact["said"], type(said)) == said


async def test_an_id_that_a_key_has_drawn_is_kept(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    [drawn, given], _ = await write(desk, (conversation, draft()), (conversation, draft(id=10**9)))
    assert (given.id, drawn.id < 10**9) == (10**9, True)


async def test_positions_grow_in_the_order_given(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    said, _ = await write(desk, *[(conversation, draft())] * 5)
    positions = [s.position for s in said]
    assert positions == sorted(set(positions))


@pytest.mark.parametrize(
    ("author", "answered"),
    [("agent", (2, "agent", 7)), ("bot", (2, "bot", 7)), ("system", (0, None, None))],
)
async def test_an_answer_moves_the_fence_and_a_reminder_does_not(
    desk: Any, author: Any, answered: Any
) -> None:
    conversation = (await desk.say("+621")).conversation
    await write(desk, (conversation, draft(author_kind=author)))
    row = await stored(desk, conversation)
    assert (row["answered_number"], row["answered_kind"], row["answered_id"]) == answered


async def test_a_note_moves_nothing(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    before = await stored(desk, conversation)
    await write(desk, (conversation, draft(direction="internal", kind="note")))
    assert await stored(desk, conversation) == {**before, "last_number": 2}


async def test_the_customers_words_show_the_way_back(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    other = await desk.channel("other", "web")
    theirs = draft(direction="inbound", author_kind="customer", connection_id=other, identity_id=1)
    await write(desk, (conversation, theirs))
    assert (await stored(desk, conversation))["connection_id"] == other


async def test_it_is_said_to_whoever_has_the_work(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    agent = await desk.person()
    await desk.rows("UPDATE work_item SET state = 'active', agent_id = $1, epoch = 5", agent)
    async with desk.database.snapshot() as tx:
        [item] = await tx.many(WorkItem, "items.read_live", [conversation])
    await write(desk, (conversation, draft()), item=item)
    fact = (await desk.facts("InteractionAppended"))[-1]
    assert (fact["agents"], fact["item"], fact["epoch"]) == ([agent], item.id, 5)


async def test_without_work_it_is_said_to_nobody(desk: Any) -> None:
    conversation = (await desk.say("+621")).conversation
    await write(desk, (conversation, draft()))
    fact = (await desk.facts("InteractionAppended"))[-1]
    assert (fact.get("agents", []), fact.get("item")) == ([], None)
