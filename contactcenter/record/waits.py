"""The end of a wait in a queue, from which service level and abandonment are counted.

Service level here: of all waits that ended answered or abandoned, the share that was answered
within the queue's target. (The other common definition leaves out short abandonments.) Waits count
from when the queue was open.
"""

from datetime import datetime, timedelta

from contactcenter.db.tx import Tx
from contactcenter.model.opening_hours import wait_begins
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.words import WaitOutcome


async def answered(tx: Tx, waiting: WorkItem, book: Published, now: datetime) -> bool:
    """Write down that the wait of this item ended with an agent; whether within the target."""
    return await _ended(tx, waiting, "answered", book, now)


async def abandoned(tx: Tx, waiting: WorkItem, book: Published, now: datetime) -> bool:
    """Write down that the customer left first; whether within the target."""
    return await _ended(tx, waiting, "abandoned", book, now)


def within_target(waiting: WorkItem, book: Published, now: datetime) -> bool:
    """Whether a wait that ends now has not been longer than its channel's or queue's target."""
    queue, channel = book.rules.queues.get(waiting.queue), book.rules.channels.get(waiting.channel)
    target_s = (channel and channel.target_s) or (queue.target_s if queue else 0)
    return now - began(waiting, book, now) <= timedelta(seconds=target_s)


def began(waiting: WorkItem, book: Published, now: datetime) -> datetime:
    """When the wait that ends now began to count: at the latest now, for whom nobody was due."""
    return min(wait_begins(book.rules, waiting.queue, waiting.enqueued_at), now)


async def _ended(
    tx: Tx, waiting: WorkItem, outcome: WaitOutcome, book: Published, now: datetime
) -> bool:
    within = within_target(waiting, book, now)
    await tx.do(
        "waits.insert",
        waiting.id,
        waiting.epoch,
        waiting.queue,
        outcome,
        began(waiting, book, now),
        now,
        within,
    )
    return within
