"""Where customers stand in their queues, and how long that took lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter.db.tx import Tx

LATELY = timedelta(minutes=10)
"""What was answered in this time says how fast a queue moves."""

ANSWERED_MIN = 3
"""Fewer say nothing."""


class QueuePlace(msgspec.Struct, frozen=True):
    """`position` counts from 1; `expected_wait_s` None where too little was answered lately."""

    conversation: int
    position: int
    expected_wait_s: int | None


class _Place(msgspec.Struct, frozen=True):
    conversation: int
    position: int
    answered: int


async def read_places(tx: Tx, conversations: Sequence[int], now: datetime) -> list[QueuePlace]:
    """Of those of these conversations that wait in a queue.

    The order is that of the engine: by the beginning of the wait, less the head start. Who is
    answered first may be another, since not each agent can take each item. The wait is what it
    takes at the pace of the last ten minutes until as many are answered as stand before and at
    this place, rounded up to whole minutes.
    """
    if not conversations:
        return []
    rows = await tx.many(_Place, "waits.places", list(conversations), now - LATELY)
    return [QueuePlace(r.conversation, r.position, _wait_s(r)) for r in rows]


def _wait_s(place: _Place) -> int | None:
    if place.answered < ANSWERED_MIN:
        return None
    seconds = place.position * LATELY.total_seconds() / place.answered
    return -(-int(seconds) // 60) * 60
