"""Two customers become one, by a pointer: each interaction keeps its conversation and number."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.consults import end_as_moved
from contactcenter.record.finish import finish
from contactcenter.record.held import Held
from contactcenter.record.load import lock_agents, released
from contactcenter.record.offers import pending_for_items, rescind
from contactcenter.record.turn import turn_to_us
from contactcenter.record.work import save


async def merge_into(
    tx: Tx, loser: Customer, winner: Customer, book: Published, now: datetime
) -> None:
    """From now on the loser is known as the winner. Both are locked, and both are roots.

    Of two open conversations the younger closes; its work is cancelled and becomes our turn in the
    elder, or moves there if the elder has no work.
    """
    conversations = await tx.many(Conversation, "merges.lock_conversations", loser.id, winner.id)
    opened = [
        msgspec.structs.replace(c, party_id=winner.id) for c in conversations if c.state == "open"
    ]
    followed = await tx.many(int, "cases.lock_of_party", loser.id)
    sold = await tx.many(int, "leads.lock_of_party", loser.id)
    places = [c.id for c in opened]
    work = await tx.many(WorkItem, "items.lock_of_subjects", places, followed, sold)
    live = [i for i in work if i.kind == "conversation"]
    owning = [agent for item in live for agent in item.owners]
    await lock_agents(tx, owning)
    await tx.do("merges.point", loser.id, winner.id)
    tx.emit(facts.CustomersMerged(at=now, customer=loser.id, into=winner.id, agents=owning))
    await tx.do("merges.give_items", [i.id for i in work], winner.id)
    await tx.do("merges.give_matters", followed, sold, winner.id)
    await tx.do("merges.give_orders", loser.id, winner.id)
    items = {i.conversation_id: i.replace(customer_id=winner.id) for i in live}
    if len(opened) > 1:
        elder, younger = opened
        await _fold(tx, younger, items.get(younger.id), elder, items.get(elder.id), book, now)
    lost = [c.id for c in conversations if c.party_id == loser.id]
    await tx.do("merges.give", lost, winner.id)


async def _fold(
    tx: Tx,
    younger: Conversation,
    ending: WorkItem | None,
    elder: Conversation,
    staying: WorkItem | None,
    book: Published,
    now: datetime,
) -> None:
    """Close the younger of two open conversations, and bring its work to the elder."""
    if ending is None:
        await _close(tx, younger, [], now)
    elif staying is None:
        await _close(tx, younger, ending.owners, now)
        await _move(tx, ending, elder, now)
    elif ending.state == "wrapup":
        done = await finish(tx, Held(ending, younger), "merged", now)
        await save(tx, [(ending, done)], now)
        await released(tx, ending.owners, now)
    else:
        await _cancel(tx, Held(ending, younger), now)
        await _close(tx, younger, ending.owners, now)
        await turn_to_us(tx, [Held(staying, elder)], book, now)


async def _cancel(tx: Tx, held: Held, now: datetime) -> None:
    item = held.item
    offers = await pending_for_items(tx, [item.id])
    await rescind(tx, offers, {item.id: (item, held.bot)}, "merged", now)
    await save(tx, [(item, item.ended("cancelled", now))], now)
    await released(tx, item.owners, now)
    tx.clear("item_idle", item.id)
    tx.emit(
        facts.ItemCancelled(at=now, **item.about(held.bot), reason="merged", agent=item.agent_id)
    )


async def _move(tx: Tx, item: WorkItem, elder: Conversation, now: datetime) -> None:
    await end_as_moved(tx, item.id, now)
    await tx.do("merges.move_item", item.id, elder.id, item.customer_id)
    bot = item.bot_id or elder.bot_id
    if bot != elder.bot_id:
        await tx.do("conversations.set_bot", [elder.id], [bot])
    moved = item.replace(conversation_id=elder.id)
    tx.emit(
        facts.ItemMoved(
            at=now,
            **moved.about(bot),
            from_conversation=item.spoken_in,
            agent=item.agent_id,
        )
    )


async def _close(tx: Tx, conversation: Conversation, agents: list[int], now: datetime) -> None:
    await tx.do("conversations.close", [conversation.id], "merged", now)
    tx.emit(
        facts.ConversationClosed(
            at=now,
            conversation=conversation.id,
            customer=conversation.party_id,
            reason="merged",
            agents=agents,
            bot=conversation.bot_id,
        )
    )
