"""A person signs in with a password and gets a session; sessions end."""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.person import Person
from contactcenter.record.audit import audit
from contactcenter.record.prove import Candidate, prove
from contactcenter.record.sessions import revoke


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """What a session will be; of its token only the SHA-256 is kept."""

    token_hash: bytes
    address: str
    browser: str
    expires_at: datetime


class SignedIn(msgspec.Struct, frozen=True):
    """The session that began, and whose it is."""

    session_id: int
    person: Person


async def sign_in(
    tx: Tx,
    candidate: Candidate | None,
    session: NewSession,
    now: datetime,
    *,
    correct: bool,
    request_id: str | None = None,
) -> SignedIn | None:
    """Begin a session, or None: the login, the password or the moment was wrong.

    `correct`: whether the password matched what `candidate` says is kept of it. An unknown login
    is written down as a wrong password is, so that both take as long.
    """
    person = candidate and await prove(tx, candidate, now, correct=correct)
    if person is None:
        nobody = Actor("nobody", None, request_id)
        tried = candidate.id if candidate else None
        await audit(tx, nobody, "person.sign_in_refused", "person", tried, now)
        return None
    opened = await tx.one(
        int,
        "sessions.open",
        session.token_hash,
        person.id,
        session.address,
        session.browser,
        now,
        session.expires_at,
    )
    by = Actor("person", person.id, request_id)
    await audit(tx, by, "person.sign_in", "session", opened, now)
    return SignedIn(opened, person)


async def end_session(tx: Tx, person: int, session: int, by: Actor, now: datetime) -> None:
    """End one of a person's sessions; `NotFound` when they have no such session any more."""
    await tx.maybe(Person, "people.lock", person)
    if not await revoke(tx, person, now, only=session):
        raise NotFound("There is no such session, or it has ended already.")
    await audit(tx, by, "session.end", "session", session, now)


async def end_sessions(tx: Tx, person: int, by: Actor, now: datetime) -> list[int]:
    """End all sessions of a person, everywhere; returns which they were."""
    if await tx.maybe(Person, "people.lock", person) is None:
        raise NotFound(f"There is no person {person}.")
    ended = await revoke(tx, person, now)
    await audit(tx, by, "session.end_all", "person", person, now, before={"sessions": ended})
    return ended
