"""Which of the timers that rang are still due, once their subjects are locked."""

from collections.abc import Mapping

from contactcenter.db.tx import Tx
from contactcenter.words import TimerKind

Rings = Mapping[int, int]
"""What the timer worker saw: subject and generation."""


async def still_due(tx: Tx, kind: TimerKind, rings: Rings) -> set[int]:
    """The subjects whose timer is of that generation and due; these rows go with the effect.

    Another process may have fired them while we waited for the locks, or they were set anew: a
    stale timer does nothing. An effect that schedules the timer again keeps its row.
    """
    due = await tx.many(int, "timers.lock_due", kind, list(rings), list(rings.values()))
    for subject in due:
        tx.clear(kind, subject)
    return set(due)
