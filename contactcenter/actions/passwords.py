"""Set passwords: one's own, or by a link that an administrator hands over."""

from datetime import datetime, timedelta

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.person import Person
from contactcenter.record.audit import audit
from contactcenter.record.prove import Candidate, prove
from contactcenter.record.sessions import revoke

LINK_LIFE = timedelta(hours=24)


async def make_link(tx: Tx, person: int, token_hash: bytes, by: Actor, now: datetime) -> datetime:
    """A link by which the person sets a new password, once; earlier ones end. Until when."""
    found = await tx.maybe(Person, "people.lock", person)
    if found is None:
        raise NotFound(f"There is no person {person}.")
    if found.disabled_at is not None:
        raise Conflict("This person is disabled; enable them first.", code="person-disabled")
    expires_at = now + LINK_LIFE
    await tx.do("people.spend_links", person, now)
    await tx.do("people.insert_link", token_hash, person, expires_at)
    await audit(tx, by, "person.make_link", "person", person, now)
    return expires_at


async def set_by_link(
    tx: Tx, token_hash: bytes, password_hash: str, now: datetime, request_id: str | None = None
) -> None:
    """Set the password of whom the link was made for, and end their sessions.

    `Conflict` when the link is unknown, used, replaced or expired: all the same to a stranger.
    """
    person = await tx.maybe(int, "people.link", token_hash)
    # The person before their link: the order in which `make_link` takes them.
    found = None if person is None else await tx.one(Person, "people.lock", person)
    used = found and await tx.maybe(int, "people.use_link", token_hash, now)
    if found is None or used is None or found.disabled_at is not None:
        detail = "This link does not work, or not any more. Ask an administrator for a new one."
        raise Conflict(detail, code="link-used")
    await tx.do("people.set_password", found.id, password_hash)
    await revoke(tx, found.id, now)
    by = Actor("person", found.id, request_id)
    await audit(tx, by, "person.set_password", "person", found.id, now, after={"by": "link"})


async def change_password(
    tx: Tx,
    candidate: Candidate,
    session: int,
    password_hash: str,
    by: Actor,
    now: datetime,
    *,
    correct: bool,
) -> bool:
    """Set one's own password, and end one's other sessions; False when the former was wrong.

    `correct`: whether the former password matched what `candidate` says is kept of it.
    """
    person = await prove(tx, candidate, now, correct=correct)
    if person is None:
        return False
    await tx.do("people.set_password", person.id, password_hash)
    await tx.do("people.spend_links", person.id, now)
    await revoke(tx, person.id, now, sparing=session)
    await audit(tx, by, "person.set_password", "person", person.id, now, after={"by": "themself"})
    return True
