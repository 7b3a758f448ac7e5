"""The words of what was said become searchable."""

from contactcenter.db.tx import Tx


async def fill_search(tx: Tx, facts_max: int) -> int:
    """The next portion of the log; returns how many facts it had.

    The place in the log moves in the same transaction. Another process that is at it is left alone.
    """
    return await tx.one(int, "search.fill", facts_max)
