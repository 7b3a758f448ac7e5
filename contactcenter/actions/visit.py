"""Visitors come, sign in and sign out: sessions of browsers and apps.

A session speaks for what it has proven. An anonymous one has proven an identity of its own; one
that a host's signed claims began has proven the account, and the anonymous identity of the session
that it took the place of.
"""

from datetime import datetime
from typing import Literal

import msgspec

from channels.adapters.web import Claims
from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import NotSignedIn, Stale
from contactcenter.model.customer import Customer, Identity
from contactcenter.model.rulebook import Published
from contactcenter.record.merge import merge_into
from contactcenter.record.owners import owners
from contactcenter.record.party import find_or_make

Joined = Literal["nothing", "history", "other_account"]


class Host(msgspec.Struct, frozen=True):
    """A row of `connection`: the website or app by which visitors reach us."""

    id: int
    name: str
    channel: str
    origins: list[str]
    secrets: list[str]


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """A session to be begun. `token_hash`: SHA-256 of the token that its holder is given."""

    connection_id: int
    token_hash: bytes
    expires_at: datetime


class Opened(msgspec.Struct, frozen=True):
    """`joined`: what became of the anonymous session that this one takes the place of."""

    session: int
    joined: Joined = "nothing"


async def begin(
    tx: Tx,
    opening: Opening,
    connection: str,
    visitor: str,
    now: datetime,
    *,
    name: str | None = None,
) -> Opened:
    """An anonymous session; `visitor` is a random id within the connection.

    `name` is what they say they are called: nobody has proven it.
    """
    own = Identity(scheme="visitor", scope=connection, value=visitor)
    parties = await find_or_make(tx, [own], now)
    if name is not None:
        customer = parties[own.key].customer
        changed = await _keep(tx, customer, {"name": name})
        told = await owners(tx, [customer.id])
        tx.emit(facts.CustomerChanged(at=now, customer=customer.id, changed=changed, agents=told))
    return Opened(await _insert(tx, opening, own, [], now))


async def sign_in(
    tx: Tx,
    opening: Opening,
    claims: Claims,
    earlier_hash: bytes | None,
    book: Published,
    now: datetime,
) -> Opened:
    """A session for the account that the claims name; the signed profile becomes the customer's.

    The earlier session ends. If it was anonymous, its customer becomes the account's, unless that
    customer belongs to another account already: then nothing of it is carried over.
    """
    account = Identity(scheme="account", scope="", value=claims.external_user_id, verified=True)
    earlier = await tx.maybe(_Earlier, "visitors.earlier", earlier_hash, opening.connection_id, now)
    wanted = [account, *earlier.identities] if earlier else [account]
    parties = await find_or_make(tx, wanted, now)
    customer = parties[account.key].customer
    await _know(tx, customer, claims, now)
    if earlier is None:
        return Opened(await _insert(tx, opening, account, [], now))
    await _end(tx, earlier.id, now)
    before = parties[earlier.own.key].customer
    joined = await _joined(tx, earlier, before, customer, account)
    proven = [i for i in earlier.identities if i.key != account.key and joined == "history"]
    session = await _insert(tx, opening, account, proven, now)
    if joined == "history" and before.id != customer.id:
        await merge_into(tx, before, customer, book, now)
    return Opened(session, joined)


async def sign_out(
    tx: Tx, session: int, opening: Opening, connection: str, visitor: str, now: datetime
) -> Opened:
    """End a session and begin an anonymous one, which knows nothing of it."""
    opened = await begin(tx, opening, connection, visitor, now)
    if await tx.maybe(int, "visitors.end", session, now) is None:
        raise NotSignedIn("This session has ended.")
    tx.emit(facts.VisitorSessionEnded(at=now, session=session))
    return opened


async def keep_context(tx: Tx, session: int, context: dict[str, str]) -> None:
    """Where in the app the visitor is."""
    await tx.do("visitors.keep_context", session, context)


class _Earlier(msgspec.Struct, frozen=True):
    id: int
    scheme: str
    scope: str
    value: str
    verified: bool
    joined: list[Identity]

    @property
    def own(self) -> Identity:
        return Identity(
            scheme=self.scheme, scope=self.scope, value=self.value, verified=self.verified
        )

    @property
    def identities(self) -> list[Identity]:
        return [self.own, *self.joined]


async def _insert(
    tx: Tx, opening: Opening, own: Identity, joined: list[Identity], now: datetime
) -> int:
    return await tx.one(
        int,
        "visitors.begin",
        opening.token_hash,
        opening.connection_id,
        own.scheme,
        own.scope,
        own.value,
        own.verified,
        msgspec.json.encode(joined),
        now,
        opening.expires_at,
    )


async def _end(tx: Tx, session: int, now: datetime) -> None:
    """`Stale` when another took its place since it was read: two tabs sign in at once."""
    if await tx.maybe(int, "visitors.end", session, now) is None:
        raise Stale
    tx.emit(facts.VisitorSessionEnded(at=now, session=session))


async def _joined(
    tx: Tx, earlier: _Earlier, before: Customer, customer: Customer, account: Identity
) -> Joined:
    if earlier.own.scheme != "visitor":
        return "history" if earlier.own.key == account.key else "other_account"
    if before.id == customer.id:
        return "history"
    others = set(await tx.many(str, "visitors.accounts", before.id)) - {account.value}
    return "other_account" if others else "history"


async def _know(tx: Tx, customer: Customer, claims: Claims, now: datetime) -> None:
    """What the host has signed is so; what it leaves out stays as it was."""
    given: dict[str, object] = {
        name: value
        for name in ("name", "value", "tier", "propensity_to_leave", "language", "territory")
        if (value := getattr(claims, name)) is not None
    }
    given["attributes"] = customer.attributes | claims.attributes
    changed = await _keep(tx, customer, given)
    email = claims.email and claims.email.lower()
    for scheme, value in (("email", email), ("phone", claims.phone)):
        if value and await tx.maybe(int, "visitors.add_identity", scheme, value, customer.id, now):
            changed.append(scheme)
    if changed:
        told = await owners(tx, [customer.id])
        tx.emit(facts.CustomerChanged(at=now, customer=customer.id, changed=changed, agents=told))


async def _keep(tx: Tx, customer: Customer, given: dict[str, object]) -> list[str]:
    """Put these fields on the record; returns which of them were others before."""
    after = msgspec.structs.replace(customer, **given)
    changed = [field for field in given if getattr(customer, field) != getattr(after, field)]
    if changed:
        await tx.do(
            "records.edit",
            after.id,
            after.name,
            after.value,
            after.tier,
            after.propensity_to_leave,
            after.language,
            after.territory,
            after.attributes,
            after.tags,
        )
    return changed
