"""Find or make the customers behind identities, and lock them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Stale
from contactcenter.model.customer import Customer, Identity

Key = tuple[str, str, str]
"""What identities are unique by: scheme, scope, value."""


class Party(msgspec.Struct, frozen=True):
    """A locked customer, and the identity that led to them."""

    identity_id: int
    blocked: bool
    customer: Customer


class _Made(msgspec.Struct, frozen=True):
    identities: list[int | None]
    customers: list[int]


class _Known(msgspec.Struct, frozen=True):
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
        return self.scheme, self.scope, self.value


async def find_or_make(tx: Tx, identities: Sequence[Identity], now: datetime) -> dict[Key, Party]:
    """Lock the customers of these identities; unknown ones become customers, each its own."""
    wanted = {i.key: i for i in sorted(identities)}
    known = {k.key: k for k in await _known(tx, list(wanted))}
    missing = [i for key, i in wanted.items() if key not in known]
    if missing:
        known |= await _make(tx, missing, now)
    customers = await lock(tx, [k.root for k in known.values()])
    # Those that are merged must lead where they led before the lock was waited for.
    merged = {k.key: k for k in known.values() if k.merged}
    if merged and merged != {k.key: k for k in await _known(tx, list(merged))}:
        raise Stale
    return {key: Party(k.identity_id, k.blocked, customers[k.root]) for key, k in known.items()}


async def _make(tx: Tx, missing: Sequence[Identity], now: datetime) -> dict[Key, _Known]:
    """Two processes that meet the same new identity make one customer: the second starts again.

    `Stale` also takes back what it had made.
    """
    made = await tx.one(
        _Made,
        "customers.make",
        [i.scheme for i in missing],
        [i.scope for i in missing],
        [i.value for i in missing],
        [i.verified for i in missing],
        now,
    )
    known: dict[Key, _Known] = {}
    for i, identity, customer in zip(missing, made.identities, made.customers, strict=True):
        if identity is None:
            raise Stale
        known[i.key] = _Known(
            identity, i.scheme, i.scope, i.value, customer, blocked=False, merged=False
        )
    return known


async def lock(tx: Tx, ids: Sequence[int]) -> dict[int, Customer]:
    """Lock customers, who must not be merged away or forgotten since their ids were read."""
    rows = await tx.many(Customer, "customers.lock", sorted(set(ids)))
    if len(rows) < len(set(ids)) or any(row.merged_into is not None for row in rows):
        raise Stale
    return {row.id: row for row in rows}


async def _known(tx: Tx, keys: Sequence[Key]) -> list[_Known]:
    return await tx.many(
        _Known,
        "customers.known",
        [k[0] for k in keys],
        [k[1] for k in keys],
        [k[2] for k in keys],
    )
