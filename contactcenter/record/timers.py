"""Which of the timers that rang are still due, once their subjects are locked."""

from collections.abc import Mapping

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.words import TimerKind

Rings = Mapping[int, int]
"""What the timer worker saw: subject and generation."""


class _Due(msgspec.Struct, frozen=True):
    subject: int
    generation: int


async def still_due(tx: Tx, kind: TimerKind, rings: Rings) -> set[int]:
    """The subjects whose timer is of that generation and due; these rows go with the effect.

    Another process may have fired them while we waited for the locks, or they were set anew: a
    stale timer does nothing. An effect that schedules the timer again keeps its row.
    """
    due = await tx.many(_Due, "timers.lock_due", kind, list(rings))
    subjects = {d.subject for d in due if d.generation == rings[d.subject]}
    for subject in subjects:
        tx.clear(kind, subject)
    return subjects
