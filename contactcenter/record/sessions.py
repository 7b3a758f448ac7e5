"""End the sign-ins of people."""

from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx


async def revoke(
    tx: Tx, person: int, now: datetime, *, only: int | None = None, sparing: int | None = None
) -> list[int]:
    """Revoke a locked person's sessions: all, one, or all but one. Returns those that ended."""
    ended = await tx.many(int, "sessions.revoke", person, now, only, sparing)
    for session in ended:
        tx.emit(facts.SessionRevoked(at=now, session=session, person=person))
    return ended
