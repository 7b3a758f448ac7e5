"""Write work items: open them, and save their transitions."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.customer import Place
from contactcenter.model.work import WorkItem
from contactcenter.record.consults import end_with_work
from contactcenter.words import ItemState

Change = tuple[WorkItem, WorkItem]
"""A transition: the item before it, and after."""


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A work item to be opened for a conversation, a case or a lead."""

    conversation_id: int | None = None
    case_id: int | None = None
    lead_id: int | None = None
    customer_id: int
    state: ItemState
    queue: str
    channel: str
    weight: int
    place: Place
    sticky_agent_id: int | None
    sticky_until: datetime | None
    bot_id: int | None
    asked: dict[str, int] = {}


async def open_items(
    tx: Tx, openings: Sequence[Opening], rulebook_version: int, now: datetime
) -> list[WorkItem]:
    """Open the items; their wait begins now."""
    return await tx.many(
        WorkItem,
        "items.open",
        [o.conversation_id for o in openings],
        [o.customer_id for o in openings],
        [o.state for o in openings],
        [o.queue for o in openings],
        [o.channel for o in openings],
        [o.weight for o in openings],
        [o.place.requirement for o in openings],
        [o.place.head_start_us for o in openings],
        [msgspec.json.encode(o.place.head_start_words) for o in openings],
        [o.sticky_agent_id for o in openings],
        [o.sticky_until for o in openings],
        [o.bot_id for o in openings],
        rulebook_version,
        now,
        [o.case_id for o in openings],
        [o.lead_id for o in openings],
        [o.asked for o in openings],
    )


async def save(tx: Tx, changes: Sequence[Change], now: datetime) -> None:
    """Write transitions. `Conflict` when an item is not any more what was read.

    Who was asked in about work that is not whose it was is asked no more.
    """
    if not changes:
        return
    before = [b for b, _ in changes]
    after = [a for _, a in changes]
    saved = await tx.many(
        int,
        "items.save",
        [i.id for i in before],
        [i.state for i in before],
        [i.epoch for i in before],
        [i.state for i in after],
        [i.epoch for i in after],
        [i.queue for i in after],
        [i.weight for i in after],
        [i.requirement for i in after],
        [i.enqueued_at for i in after],
        [i.head_start_us for i in after],
        [msgspec.json.encode(i.head_start_words) for i in after],
        [i.sticky_agent_id for i in after],
        [i.sticky_until for i in after],
        [i.agent_id for i in after],
        [i.bot_id for i in after],
        [i.waiting_for for i in after],
        [i.waiting_since for i in after],
        [i.reminded_at for i in after],
        [i.intent for i in after],
        [i.disposition for i in after],
        [i.accepted_at for i in after],
        [i.ended_at for i in after],
        [i.passed_on_by for i in after],
        [i.asked for i in after],
        [i.full_weight for i in after],
    )
    if len(saved) < len(changes):
        detail = "The work item has changed hands in the meantime."
        raise Conflict(detail, code="item-changed")
    await end_with_work(tx, changes, now)
