"""Forget what need not be kept: old answers, old facts, sign-ins that are over."""

from datetime import datetime, timedelta

from contactcenter.db.tx import Tx

ANSWERS_KEPT = timedelta(hours=24)
"""How long a command's id gets the same answer again."""

SESSIONS_KEPT = timedelta(days=30)
"""How long a sign-in that is over can still be looked up."""

ROWS_MAX = 5_000
"""Rows of each kind in one transaction: whoever waits for it waits shortly."""


async def forget(tx: Tx, log_kept: timedelta, now: datetime) -> int:
    """One portion of each kind; returns how many rows the largest portion had.

    The log is never cut beyond the place of a reader with effects, however far behind it is.
    """
    counts = [
        await tx.one(int, "forgetting.commands", now - ANSWERS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.links", now - SESSIONS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.sessions", now - SESSIONS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.log", now - log_kept, ROWS_MAX),
    ]
    return max(counts)
