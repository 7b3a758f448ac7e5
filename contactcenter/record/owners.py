"""Who has a customer in front of them: the agents who own work on them."""

from collections.abc import Sequence

from contactcenter.db.tx import Tx


async def owners(tx: Tx, customers: Sequence[int]) -> list[int]:
    """The agents who own work on any of these customers, by id."""
    return await tx.many(int, "items.owners", list(customers))
