"""Lock work items together with what they are about, in the lock order."""

from collections.abc import Iterable
from typing import assert_never

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound, Stale
from contactcenter.model.case import Case
from contactcenter.model.conversation import Conversation
from contactcenter.model.lead import Lead
from contactcenter.model.offer import Offer
from contactcenter.model.work import WorkItem
from contactcenter.words import ItemState

Subject = Conversation | Case | Lead
"""What work is about."""


class Held(msgspec.Struct, frozen=True):
    """A locked item and its locked subject."""

    item: WorkItem
    subject: Subject

    @property
    def conversation(self) -> Conversation:
        """Where there is one to speak in; otherwise `Conflict` (`no-conversation`)."""
        if isinstance(self.subject, Conversation):
            return self.subject
        detail = f"This work is a {self.item.kind}: there is no conversation in it."
        raise Conflict(detail, code="no-conversation", kind=self.item.kind)

    @property
    def bot(self) -> int | None:
        """The bot that takes part, which is told."""
        return self.subject.bot_id if isinstance(self.subject, Conversation) else None


class Work(msgspec.Struct, frozen=True):
    """Locked items with their subjects, and locked offers, by their ids."""

    items: dict[int, Held]
    offers: dict[int, Offer]


class _Locked(msgspec.Struct, frozen=True):
    conversations: list[Conversation]
    cases: list[Case]
    leads: list[Lead]
    items: list[WorkItem]
    offers: list[Offer]


async def hold(tx: Tx, item_id: int) -> Held:
    """Lock the subject, then the item. `NotFound` where there is none."""
    found = (await hold_many(tx, [item_id])).get(item_id)
    if found is None:
        raise no_item(item_id)
    return found


async def hold_many(tx: Tx, items: Iterable[int]) -> dict[int, Held]:
    """Lock the items that exist; `Stale` when one moved to another conversation meanwhile."""
    return (await hold_work(tx, items, [], [])).items


async def hold_work(
    tx: Tx, items: Iterable[int], agents: Iterable[int], offers: Iterable[int]
) -> Work:
    """Lock what exists of these items, agents and offers, and of the offers' items, in one call.

    `Stale` when an item moved to another conversation meanwhile.
    """
    locked = await tx.one(_Locked, "items.hold", list(items), list(agents), list(offers))
    subjects: dict[tuple[str, int | None], Subject] = {
        **{("conversation", c.id): c for c in locked.conversations},
        **{("case", c.id): c for c in locked.cases},
        **{("lead", c.id): c for c in locked.leads},
    }
    held = {i.id: subjects.get((i.kind, _subject_id(i))) for i in locked.items}
    if not all(held.values()):
        raise Stale
    return Work(
        {i.id: Held(i, subject) for i in locked.items if (subject := held[i.id])},
        {o.id: o for o in locked.offers},
    )


def _subject_id(item: WorkItem) -> int | None:
    match item.kind:
        case "conversation":
            return item.conversation_id
        case "case":
            return item.case_id
        case "lead":
            return item.lead_id
        case _:
            assert_never(item.kind)


def no_item(item_id: int) -> NotFound:
    """That there is no such item."""
    return NotFound(f"There is no work item {item_id}.")


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
