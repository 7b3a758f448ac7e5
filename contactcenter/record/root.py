"""The customer that an id leads to, locked."""

from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound, Stale
from contactcenter.model.customer import Customer
from contactcenter.record.party import lock


async def lock_root(tx: Tx, customer: int) -> Customer:
    """Lock the customer at the end of this one's merges. `NotFound` where there is none."""
    root = await tx.maybe(int, "records.root", customer)
    if root is None:
        raise no_customer(customer)
    locked = (await lock(tx, [root]))[root]
    if root != customer and await tx.maybe(int, "records.root", customer) != root:
        raise Stale  # unmerged while the lock was waited for
    return locked


def no_customer(customer: int) -> NotFound:
    """What is raised where there is none."""
    return NotFound(f"There is no customer {customer}.")
