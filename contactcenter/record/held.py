"""Lock one work item together with its conversation, in the lock order."""

from collections.abc import Iterable

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound, Stale
from contactcenter.model.conversation import Conversation
from contactcenter.model.work import WorkItem
from contactcenter.words import ItemState


class Held(msgspec.Struct, frozen=True):
    """A locked item and its locked conversation."""

    item: WorkItem
    conversation: Conversation

    @property
    def bot(self) -> int | None:
        """The bot that takes part, which is told."""
        return self.conversation.bot_id


class _Place(msgspec.Struct, frozen=True):
    id: int
    conversation_id: int


async def hold(tx: Tx, item_id: int) -> Held:
    """Lock the conversation, then the item. `NotFound` where there is none."""
    held = await hold_many(tx, [item_id])
    if not held:
        detail = f"There is no work item {item_id}."
        raise NotFound(detail)
    return held[item_id]


async def hold_many(tx: Tx, items: Iterable[int]) -> dict[int, Held]:
    """Lock the items that exist; `Stale` when one moved to another conversation meanwhile."""
    places = {p.id: p.conversation_id for p in await tx.many(_Place, "items.places", list(items))}
    conversations = {
        c.id: c
        for c in await tx.many(Conversation, "conversations.lock", sorted(set(places.values())))
    }
    locked = await tx.many(WorkItem, "items.lock", sorted(places))
    if any(i.conversation_id != places[i.id] for i in locked):
        raise Stale
    return {i.id: Held(i, conversations[i.conversation_id]) for i in locked}


async def hold_conversation(tx: Tx, conversation_id: int) -> tuple[Conversation, WorkItem | None]:
    """Lock a conversation and its live item, if it has one. `NotFound` where there is none."""
    found = await tx.many(Conversation, "conversations.lock", [conversation_id])
    if not found:
        detail = f"There is no conversation {conversation_id}."
        raise NotFound(detail)
    items = await tx.many(WorkItem, "items.lock_live", [conversation_id])
    return found[0], items[0] if items else None


def owned_by(held: Held, agent: int, *states: ItemState) -> WorkItem:
    """The item, where this agent has it in one of the states, or else `Conflict` (`not-yours`)."""
    item = held.item
    if item.agent_id != agent or item.state not in (states or ("active", "wrapup")):
        detail = f"The work item is {item.state}" + (
            f" with agent {item.agent_id}." if item.agent_id else "."
        )
        raise Conflict(detail, code="not-yours", state=item.state, agent=item.agent_id)
    return item
