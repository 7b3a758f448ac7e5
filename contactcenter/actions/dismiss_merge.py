"""Staff say that two customers are not one person, or take that back."""

from datetime import datetime

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.caller import Actor
from contactcenter.record.audit import audit
from contactcenter.record.profile import read_root


async def dismiss_merge(tx: Tx, customer: int, other: int, by: Actor, now: datetime) -> None:
    """The other is not suggested any more to be merged with this one, nor this one with the other.

    Raises `NotFound`, and `Conflict` (`already-merged`) where both are one customer.
    """
    one, two = await _pair(tx, customer, other)
    person = by.id if by.kind == "person" else None
    if await tx.maybe(int, "merges.dismiss", one, two, person, now):
        await audit(tx, by, "customer.dismiss_merge", "customer", one, now, after={"other": two})


async def recall_merge(tx: Tx, customer: int, other: int, by: Actor, now: datetime) -> None:
    """They may be one person after all. Raises as `dismiss_merge`."""
    one, two = await _pair(tx, customer, other)
    if await tx.maybe(int, "merges.recall", one, two):
        await audit(tx, by, "customer.recall_merge", "customer", one, now, after={"other": two})


async def _pair(tx: Tx, customer: int, other: int) -> tuple[int, int]:
    one, two = (await read_root(tx, customer)).id, (await read_root(tx, other)).id
    if one == two:
        detail = f"Customers {customer} and {other} are one already."
        raise Conflict(detail, code="already-merged", customer=one)
    return one, two
