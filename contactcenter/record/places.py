"""Where customers stand in their queues, and how long that took lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.opening_hours import wait_begins
from contactcenter.model.rulebook import Rulebook

LATELY = timedelta(minutes=10)
"""What was answered in this time says how fast a queue moves."""

ANSWERED_MIN = 3
"""Fewer say nothing."""


class QueuePlace(msgspec.Struct, frozen=True):
    """`position` counts from 1; `expected_wait_s` None where too little was answered lately.

    `opens_at`: where the queue is closed for it, when it will be put to agents.
    """

    conversation: int
    position: int
    expected_wait_s: int | None
    opens_at: datetime | None = None


class _Place(msgspec.Struct, frozen=True):
    conversation: int
    position: int
    answered: int
    queue: str
    enqueued_at: datetime


async def read_places(
    tx: Tx, conversations: Sequence[int], rules: Rulebook, now: datetime
) -> list[QueuePlace]:
    """Of those of these conversations that wait in a queue.

    The order is that of the engine: by the beginning of the wait, less the head start. Who is
    answered first may be another, since not each agent can take each item. The wait is what it
    takes at the pace of the last ten minutes until as many are answered as stand before and at
    this place, rounded up to whole minutes.
    """
    if not conversations:
        return []
    rows = await tx.many(_Place, "waits.places", list(conversations), now - LATELY)
    return [_place(row, rules, now) for row in rows]


def _place(row: _Place, rules: Rulebook, now: datetime) -> QueuePlace:
    begins = wait_begins(rules, row.queue, row.enqueued_at)
    if begins > now:
        return QueuePlace(row.conversation, row.position, None, begins)
    return QueuePlace(row.conversation, row.position, _wait_s(row))


def _wait_s(place: _Place) -> int | None:
    if place.answered < ANSWERED_MIN:
        return None
    seconds = place.position * LATELY.total_seconds() / place.answered
    return -(-int(seconds) // 60) * 60
