"""Staff mark a customer as spam: what they send is kept, and costs nobody's time."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.caller import Actor
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer, place
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.audit import audit
from contactcenter.record.finish import finish
from contactcenter.record.held import Held
from contactcenter.record.load import lock_agents, released
from contactcenter.record.offers import pending_for_items, rescind
from contactcenter.record.owners import owners
from contactcenter.record.root import lock_root
from contactcenter.record.work import Opening, open_items, save

DISPOSITION = "spam"


async def mark_spam(
    tx: Tx, customer: int, by: Actor, now: datetime, *, others_work: bool
) -> datetime:
    """Mark the customer, and end the work on them; returns since when they are marked.

    Work that nobody has is cancelled, and a pending offer of it is withdrawn and counts against
    nobody. Work that an agent has is done, as spam. The conversation closes. What comes later is
    appended to the record without work.

    Raises `Conflict` (`not-yours`) where another agent has the work, unless `others_work` allows
    to end that too.
    """
    root = await lock_root(tx, customer)
    if root.spam_at:
        return root.spam_at
    await tx.do("records.set_spam", root.id, now)
    told = await owners(tx, [root.id])
    tx.emit(facts.CustomerChanged(at=now, customer=root.id, changed=["spam_at"], agents=told))
    for conversation in await tx.many(Conversation, "conversations.lock_open", [root.id]):
        item = await _live(tx, conversation)
        if item is None:
            await _close(tx, conversation, [], now)
        elif item.owners:
            if item.agent_id != by.id and not others_work:
                detail = f"Agent {item.agent_id} is at work on this customer."
                raise Conflict(detail, code="not-yours", agent=item.agent_id)
            await _finish(tx, Held(item, conversation), now)
        else:
            await _cancel(tx, Held(item, conversation), now)
    await audit(tx, by, "customer.spam", "customer", root.id, now)
    return now


async def unmark_spam(tx: Tx, customer: int, by: Actor, book: Published, now: datetime) -> None:
    """Take the mark away; what the customer said meanwhile in an open conversation is queued."""
    root = await lock_root(tx, customer)
    if root.spam_at is None:
        return
    await tx.do("records.set_spam", root.id, None)
    told = await owners(tx, [root.id])
    tx.emit(facts.CustomerChanged(at=now, customer=root.id, changed=["spam_at"], agents=told))
    for conversation in await tx.many(Conversation, "conversations.lock_open", [root.id]):
        if await _live(tx, conversation) is None:
            await _queue(tx, root, conversation, book, now)
    await audit(tx, by, "customer.not_spam", "customer", root.id, now)


async def _live(tx: Tx, conversation: Conversation) -> WorkItem | None:
    items = await tx.many(WorkItem, "items.lock_live", [conversation.id])
    return items[0] if items else None


async def _cancel(tx: Tx, held: Held, now: datetime) -> None:
    offers = await pending_for_items(tx, [held.item.id])
    await rescind(tx, offers, {held.item.id: (held.item, held.bot)}, "spam", now)
    cancelled = held.item.ended("cancelled", now)
    await save(tx, [(held.item, cancelled)], now)
    tx.clear("item_idle", cancelled.id)
    tx.emit(facts.ItemCancelled(at=now, **cancelled.about(held.bot), reason="spam"))
    await _close(tx, held.conversation, [], now)


async def _finish(tx: Tx, held: Held, now: datetime) -> None:
    await lock_agents(tx, held.item.owners)
    await save(tx, [(held.item, await finish(tx, held, "spam", now, DISPOSITION))], now)
    await released(tx, held.item.owners, now)


async def _close(tx: Tx, conversation: Conversation, agents: list[int], now: datetime) -> None:
    await tx.do("conversations.close", [conversation.id], "spam", now)
    tx.emit(
        facts.ConversationClosed(
            at=now,
            conversation=conversation.id,
            customer=conversation.party_id,
            reason="spam",
            agents=agents,
            bot=conversation.bot_id,
        )
    )


class _Connection(msgspec.Struct, frozen=True):
    name: str
    channel: str


async def _queue(
    tx: Tx, customer: Customer, conversation: Conversation, book: Published, now: datetime
) -> None:
    """Put the conversation where its connection's entry says, for an agent at once."""
    connection = await tx.one(_Connection, "records.connection", conversation.connection_id)
    queue = book.rules.entry_for(connection.name).queue
    opening = Opening(
        conversation_id=conversation.id,
        customer_id=customer.id,
        state="queued",
        queue=queue,
        channel=connection.channel,
        weight=book.rules.channels[connection.channel].weight,
        place=place(customer, queue, book.rules),
        sticky_agent_id=None,
        sticky_until=None,
        bot_id=None,
    )
    [item] = await open_items(tx, [opening], book.version, now)
    tx.emit(item.queued_fact(now, "reopened", None, conversation.bot_id))
