"""Administrators let a timer that was parked fire again, once they have seen to its reason."""

from datetime import datetime

from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.record.audit import audit


async def retry_timer(tx: Tx, kind: str, subject: int, by: Actor, now: datetime) -> None:
    """It is due at once, with all its attempts. Raises `NotFound` where none is parked."""
    if await tx.maybe(int, "timers.retry", kind, subject) is None:
        raise NotFound(f"No timer {kind} of {subject} is parked.")
    await audit(tx, by, "timer.retry", f"timer {kind}", subject, now)
