"""Whether a person is who they say: their password, counted, and locked when it is guessed at."""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.person import Person, locked_until


class Candidate(msgspec.Struct, frozen=True):
    """Who somebody says they are, and what is kept of that person's password."""

    id: int
    password_hash: str | None


class _Kept(msgspec.Struct, frozen=True):
    password_hash: str | None
    failures: int
    locked_until: datetime | None


async def prove(tx: Tx, candidate: Candidate, now: datetime, *, correct: bool) -> Person | None:
    """Lock the person and return them, or count a failure and return None.

    `correct`: whether the password matched `candidate.password_hash`, as found before this
    transaction. Whoever is locked out stays so, whatever they send, and not for longer by it.
    """
    person = await tx.one(Person, "people.lock", candidate.id)
    kept = await tx.one(_Kept, "people.kept", candidate.id)
    if kept.locked_until is not None and kept.locked_until > now:
        return None
    stale = kept.password_hash != candidate.password_hash
    if stale or person.disabled_at is not None or not correct:
        failures = kept.failures + 1
        await tx.do("people.failed", person.id, failures, locked_until(failures, now))
        return None
    await tx.do("people.proven", person.id)
    return person
