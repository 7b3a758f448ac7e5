"""Read conversations and what was said in them, as staff see it.

A page holds at most `limit` items, and `next`: what to ask for to get the page after it.
"""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.words import (
    AuthorKind,
    CloseReason,
    Delivery,
    Direction,
    InteractionKind,
    ItemState,
    WaitingFor,
)


class Interaction(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said or done, and where it stands.

    `number` has no gaps within the conversation; `position` orders everything that was said with
    this customer, whatever the conversation. `identity`: whom it came from or went to, by which
    `connection`.
    """

    id: int
    position: int
    conversation: int
    number: int
    kind: InteractionKind
    direction: Direction
    channel: str
    identity: int | None
    connection: int | None
    author_kind: AuthorKind
    author_id: int | None
    author_name: str | None
    text: str
    parts: list[Any]
    delivery: Delivery | None
    occurred_at: datetime
    received_at: datetime


class Interactions(msgspec.Struct, frozen=True):
    """A page."""

    items: list[Interaction]
    next: int | None


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation. `customer` is whose it is now, `began_as` whose it was before any merge.

    `last_at` is the time of its last interaction, `channel` that of the last that was no note.
    """

    id: int
    customer: int
    began_as: int
    state: str
    close_reason: CloseReason | None
    tags: list[str]
    bot: int | None
    last_number: int
    read_number: int
    answered_number: int
    opened_at: datetime
    closed_at: datetime | None
    channel: str | None
    last_at: datetime | None


class Conversations(msgspec.Struct, frozen=True):
    """A page."""

    items: list[Conversation]
    next: int | None


class LiveItem(msgspec.Struct, frozen=True, kw_only=True):
    """The work that a conversation is. `waiting_for`: whose turn it is to speak, and since when."""

    id: int
    state: ItemState
    epoch: int
    queue: str
    channel: str
    intent: str | None
    waiting_for: WaitingFor
    waiting_since: datetime
    enqueued_at: datetime
    owner: int | None
    owner_name: str | None


async def read_timeline(tx: Tx, root: int, before: int, limit: int) -> Interactions:
    """All that was said with a customer and those merged into them, newest first.

    `before`: a position. `next` is the position before which the following page lies.
    """
    rows = await tx.many(Interaction, "records.timeline", root, before, limit + 1)
    page = rows[:limit]
    return Interactions(page, page[-1].position if len(rows) > limit else None)


async def read_interactions(
    tx: Tx, conversation: int, after: int, limit: int, *, without: tuple[InteractionKind, ...] = ()
) -> Interactions:
    """What was said in one conversation, in the order of its numbers, from `after` on."""
    rows = await tx.many(
        Interaction, "records.interactions", conversation, after, without, limit + 1
    )
    page = rows[:limit]
    return Interactions(page, page[-1].number if len(rows) > limit else None)


async def read_conversation(tx: Tx, conversation: int) -> Conversation:
    """One conversation. `NotFound` where there is none."""
    found = await tx.maybe(Conversation, "records.conversation", conversation)
    if found is None:
        raise no_conversation(conversation)
    return found


async def read_conversations(tx: Tx, root: int, before: int, limit: int) -> Conversations:
    """A customer's conversations, newest first; `before` and `next` are ids."""
    rows = await tx.many(Conversation, "records.conversations", root, before, limit + 1)
    page = rows[:limit]
    return Conversations(page, page[-1].id if len(rows) > limit else None)


async def read_live_item(tx: Tx, conversation: int) -> LiveItem | None:
    """The conversation's work item that has not ended, if there is one."""
    return await tx.maybe(LiveItem, "records.live_item", conversation)


def no_conversation(conversation: int) -> NotFound:
    """What is raised where there is none, and where nobody may know that there is."""
    return NotFound(f"There is no conversation {conversation}.")
