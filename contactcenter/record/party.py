"""Find or make the customers behind identities, and lock them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Stale
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer, Identity
from contactcenter.model.work import WorkItem

Key = tuple[str, str, str]
"""What identities are unique by: scheme, scope, value."""


class Known(msgspec.Struct, frozen=True):
    """An identity we have, and the customer it leads to once merges are followed."""

    identity_id: int
    scheme: str
    scope: str
    value: str
    root: int
    blocked: bool
    merged: bool

    @property
    def key(self) -> Key:
        """What the identity is unique by."""
        return self.scheme, self.scope, self.value


class Party(msgspec.Struct, frozen=True):
    """A locked customer, and the identity that led to them."""

    identity_id: int
    blocked: bool
    customer: Customer


class Parties(msgspec.Struct, frozen=True):
    """Locked customers, the open conversation of each or else the last, and their live items."""

    customers: dict[int, Customer]
    conversations: list[Conversation]
    items: list[WorkItem]


class _Held(msgspec.Struct, frozen=True):
    customers: list[Customer]
    conversations: list[Conversation]
    items: list[WorkItem]


async def find_or_make(tx: Tx, identities: Sequence[Identity], now: datetime) -> dict[Key, Party]:
    """Lock the customers of these identities; unknown ones become customers, each its own."""
    keys = sorted({i.key for i in identities})
    known = await make_missing(tx, identities, await _known(tx, keys), now)
    customers = await lock(tx, [k.root for k in known.values()])
    await _check_merged(tx, known)
    return {key: Party(k.identity_id, k.blocked, customers[k.root]) for key, k in known.items()}


async def make_missing(
    tx: Tx, identities: Sequence[Identity], found: Sequence[Known], now: datetime
) -> dict[Key, Known]:
    """All of these identities, of which some were `found`; the others become customers.

    Two processes that meet the same new identity make one customer: the second finds the key
    taken, and starts again (`Stale`), which also takes back what it had made.
    """
    wanted = {i.key: i for i in sorted(identities)}
    known = {k.key: k for k in found if k.key in wanted}
    missing = [i for key, i in wanted.items() if key not in known]
    if missing:
        made = await tx.many(
            Known,
            "customers.make",
            [i.scheme for i in missing],
            [i.scope for i in missing],
            [i.value for i in missing],
            [i.verified for i in missing],
            now,
        )
        if len(made) < len(missing):
            raise Stale
        known |= {k.key: k for k in made}
    return known


async def hold(tx: Tx, known: dict[Key, Known]) -> Parties:
    """Lock the customers with their conversations and their work, in one call."""
    roots = sorted({k.root for k in known.values()})
    held = await tx.one(_Held, "receiving.hold", roots)
    if any(c.merged_into is not None for c in held.customers):
        raise Stale
    await _check_merged(tx, known)
    return Parties({c.id: c for c in held.customers}, held.conversations, held.items)


async def lock(tx: Tx, ids: Sequence[int]) -> dict[int, Customer]:
    """Lock customers, who must not have been merged away since their ids were read."""
    rows = await tx.many(Customer, "customers.lock", sorted(set(ids)))
    if any(row.merged_into is not None for row in rows):
        raise Stale
    return {row.id: row for row in rows}


async def _check_merged(tx: Tx, known: dict[Key, Known]) -> None:
    """Those that are merged must lead where they led before the lock was waited for."""
    merged = {k.key: k for k in known.values() if k.merged}
    if merged and merged != {k.key: k for k in await _known(tx, list(merged))}:
        raise Stale


async def _known(tx: Tx, keys: Sequence[Key]) -> list[Known]:
    return await tx.many(
        Known,
        "customers.known",
        [k[0] for k in keys],
        [k[1] for k in keys],
        [k[2] for k in keys],
    )
