"""Staff find that two customers are one person, or that they were not."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, Stale
from contactcenter.model.caller import Actor
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.audit import audit
from contactcenter.record.merge import merge_into
from contactcenter.record.owners import owners
from contactcenter.record.party import lock
from contactcenter.record.root import no_customer


class Merged(msgspec.Struct, frozen=True):
    """`customer` is known as `into`."""

    customer: int
    into: int


class Unmerged(msgspec.Struct, frozen=True):
    """`customer` is no longer known as `out_of`; `conversations` went back with them."""

    customer: int
    out_of: int
    conversations: list[int]


async def merge(
    tx: Tx, loser: int, winner: int, by: Actor, book: Published, now: datetime
) -> Merged:
    """Make the loser known as the winner; either id leads to the end of its own merges first.

    Raises `NotFound`, and `Conflict` (`already-merged`) where both are one customer already.
    """
    lost, won = await _root(tx, loser), await _root(tx, winner)
    if lost == won:
        detail = f"Customers {loser} and {winner} are one already."
        raise Conflict(detail, code="already-merged", customer=won)
    customers = await lock(tx, [lost, won])
    await merge_into(tx, customers[lost], customers[won], book, now)
    await audit(tx, by, "customer.merge", "customer", lost, now, after={"merged_into": won})
    return Merged(lost, won)


async def unmerge(tx: Tx, customer: int, by: Actor, now: datetime) -> Unmerged:
    """Make a merged customer known as themself again.

    The conversations that began with them, and with those who were merged into them, are theirs
    again, with the work in them; and so are cases, leads and orders. What was closed as merged
    stays closed. Visitors' sessions that speak for both sides end. Raises `NotFound`, and
    `Conflict` (`not-merged`).
    """
    root = await _root(tx, customer)
    locked = {c.id: c for c in await tx.many(Customer, "customers.lock", sorted({customer, root}))}
    pointed = locked[customer].merged_into
    if pointed is None:
        detail = f"Customer {customer} is not merged into another."
        raise Conflict(detail, code="not-merged")
    # Whoever changes a chain holds its root: the root is the same still, or we begin again.
    if await _root(tx, customer) != root:
        raise Stale
    await tx.do("merges.point", customer, None)
    ended = await tx.many(int, "merges.end_straddling", customer, now)
    begun = await tx.many(Conversation, "merges.lock_begun", customer, root)
    ids = [c.id for c in begun]
    followed = await tx.many(int, "cases.lock_begun", customer, root)
    sold = await tx.many(int, "leads.lock_begun", customer, root)
    work = await tx.many(WorkItem, "items.lock_of_subjects", ids, followed, sold)
    await tx.do("merges.give_items", [i.id for i in work], customer)
    await tx.do("merges.give", ids, customer)
    await tx.do("merges.give_matters", followed, sold, customer)
    await tx.do("merges.give_begun_orders", customer, root)
    told = await owners(tx, [customer, root])
    tx.emit(facts.CustomersUnmerged(at=now, customer=customer, out_of=root, agents=told))
    for session in ended:
        tx.emit(facts.VisitorSessionEnded(at=now, session=session))
    await audit(
        tx, by, "customer.unmerge", "customer", customer, now, before={"merged_into": pointed}
    )
    return Unmerged(customer, root, ids)


async def _root(tx: Tx, customer: int) -> int:
    root = await tx.maybe(int, "records.root", customer)
    if root is None:
        raise no_customer(customer)
    return root
