"""An agent answers the customer, or leaves a note for colleagues."""

from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Published
from contactcenter.record.append import Draft, Placed, append
from contactcenter.record.fence import check_fence
from contactcenter.record.held import hold, hold_conversation, owned_by
from contactcenter.record.route import destination
from contactcenter.record.work import save


class Replied(msgspec.Struct, frozen=True):
    """Where the reply stands, and what the customer said that the agent had not seen yet."""

    interaction: int
    conversation: int
    number: int
    unseen: list[facts.Said] = []


async def reply(  # noqa: PLR0913 -- the command's fields, and what every action has
    tx: Tx,
    agent: int,
    item_id: int,
    text: str,
    *,
    seen: int,
    connection_id: int | None,
    book: Published,
    now: datetime,
    request_id: str | None = None,
) -> Replied:
    """Answer on the customer's last channel, or on `connection_id`.

    `seen` is the number of the last interaction the agent has seen. Raises `Conflict`: `not-yours`
    when the agent does not have the item, `answered-meanwhile` when somebody else has answered
    after `seen` (with that answer in its context), `unreachable` when the chosen channel cannot
    reach the customer. Newer words of the customer do not refuse; they come back.
    """
    held = await hold(tx, item_id)
    item = owned_by(held, agent)
    await check_fence(tx, held.conversation, seen, "agent", agent)
    way = await destination(tx, held.conversation, connection_id)
    after = item.turn("customer", now)
    conversations = {held.conversation.id: held.conversation}
    draft = Draft(
        kind="message",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="agent",
        author_id=agent,
        text=text,
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=now,
        request_id=request_id,
    )
    [said] = await append(tx, [Placed(held.conversation.id, draft, item)], conversations, now)
    await save(tx, [(item, after)])
    if item.waiting_for == "us":
        tx.emit(
            facts.ItemWaiting(at=now, **item.about(held.bot), agent=agent, waiting_for="customer")
        )
    if item.state == "active":
        idle = timedelta(seconds=book.rules.record.dormant_after_s)
        tx.schedule("item_idle", item_id, now + idle)
    unseen = await tx.many(facts.Said, "interactions.inbound_after", held.conversation.id, seen)
    return Replied(said.id, held.conversation.id, said.number, unseen)


async def note(
    tx: Tx,
    author: int,
    conversation_id: int,
    text: str,
    now: datetime,
    request_id: str | None = None,
) -> Replied:
    """A note for colleagues: it never leaves the house, and answers nobody."""
    conversation, item = await hold_conversation(tx, conversation_id)
    draft = Draft(
        kind="note",
        direction="internal",
        channel="desktop",
        author_kind="agent",
        author_id=author,
        text=text,
        occurred_at=now,
        request_id=request_id,
    )
    [said] = await append(
        tx, [Placed(conversation.id, draft, item)], {conversation.id: conversation}, now
    )
    return Replied(said.id, conversation.id, said.number)
