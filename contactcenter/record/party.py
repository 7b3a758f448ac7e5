"""Find or make the customers behind identities, and lock them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Stale
from contactcenter.model.customer import Customer, Identity


class Known(msgspec.Struct, frozen=True):
    """An identity we have, and the customer it leads to once merges are followed."""

    identity_id: int
    scheme: str
    scope: str
    value: str
    root: int
    blocked: bool
    merged: bool


class Party(msgspec.Struct, frozen=True):
    """A locked customer, and the identity that led to them."""

    identity_id: int
    blocked: bool
    customer: Customer


async def find_or_make(
    tx: Tx, identities: Sequence[Identity], now: datetime
) -> dict[tuple[str, str, str], Party]:
    """Lock the customers of these identities; unknown ones become customers, each its own.

    Two processes that meet the same new identity make one customer: the second finds the key
    taken, and starts again (`Stale`), which also takes back what it had made.
    """
    wanted = {i.key: i for i in sorted(identities)}
    known = await _known(tx, list(wanted))
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
        known |= {(k.scheme, k.scope, k.value): k for k in made}
    customers = await lock(tx, [k.root for k in known.values()])
    joined = {key: k for key, k in known.items() if k.merged}
    if joined and joined != await _known(tx, list(joined)):
        raise Stale  # unmerged while the lock was waited for
    return {key: Party(k.identity_id, k.blocked, customers[k.root]) for key, k in known.items()}


async def lock(tx: Tx, ids: Sequence[int]) -> dict[int, Customer]:
    """Lock customers, who must not have been merged away since their ids were read."""
    rows = await tx.many(Customer, "customers.lock", sorted(set(ids)))
    if any(row.merged_into is not None for row in rows):
        raise Stale
    return {row.id: row for row in rows}


async def _known(tx: Tx, keys: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Known]:
    rows = await tx.many(
        Known,
        "customers.known",
        [k[0] for k in keys],
        [k[1] for k in keys],
        [k[2] for k in keys],
    )
    return {(k.scheme, k.scope, k.value): k for k in rows}
