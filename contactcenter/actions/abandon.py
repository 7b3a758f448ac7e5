"""The customer leaves before the matter is settled."""

from datetime import datetime
from typing import Literal

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.opening_hours import wait_begins
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, append_one
from contactcenter.record.finish import close
from contactcenter.record.held import Held, hold_conversation
from contactcenter.record.offers import pending_for_items, rescind
from contactcenter.record.waits import abandoned
from contactcenter.record.work import save

LEFT = "The customer has left the chat."

Left = Literal["abandoned", "told", "nothing"]


async def leave(tx: Tx, conversation: int, book: Published, now: datetime) -> Left:
    """The customer ends it: work that nobody has is abandoned, and whoever has it is told.

    `nothing`: there was no work, or the conversation was closed before.
    """
    opened, item = await hold_conversation(tx, conversation)
    if item is None:
        return "nothing"
    held = Held(item, opened)
    if item.state in ("active", "wrapup"):
        await _tell(tx, held, now)
        return "told"
    if item.state == "bot" or _before_opening(item, book, now):
        await _drop(tx, held, now)
    else:
        await _abandon(tx, held, book, now)
    return "abandoned"


def _before_opening(item: WorkItem, book: Published, now: datetime) -> bool:
    return item.state == "queued" and now < wait_begins(book.rules, item.queue, item.enqueued_at)


async def _drop(tx: Tx, held: Held, now: datetime) -> None:
    """No wait in an open queue has ended, and no queue's service level falls."""
    dropped = held.item.ended("cancelled", now)
    await save(tx, [(held.item, dropped)], now)
    tx.emit(facts.ItemCancelled(at=now, **dropped.about(held.bot), reason="customer_left"))
    await close(tx, held, "abandoned", now)


async def _abandon(tx: Tx, held: Held, book: Published, now: datetime) -> None:
    """A pending offer is withdrawn, and counts against nobody."""
    item = held.item
    offers = await pending_for_items(tx, [item.id])
    await rescind(tx, offers, {item.id: (item, held.bot)}, "customer_left", now)
    await save(tx, [(item, item.ended("abandoned", now))], now)
    within = await abandoned(tx, item, book, now)
    tx.emit(
        facts.ItemAbandoned(
            at=now, **item.about(held.bot), enqueued_at=item.enqueued_at, within=within
        )
    )
    await close(tx, held, "abandoned", now)


async def _tell(tx: Tx, held: Held, now: datetime) -> None:
    draft = Draft(
        kind="note",
        direction="internal",
        channel=held.item.channel,
        author_kind="system",
        text=LEFT,
        occurred_at=now,
    )
    await append_one(tx, held.conversation, held.item, draft, now)
