"""Begin and end the work on a case or a lead, which has no conversation to close."""

from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.load import lock_agents, released
from contactcenter.record.offers import pending_for_items, rescind
from contactcenter.record.work import Opening, open_items, save
from contactcenter.words import QueuedBecause


async def begin(
    tx: Tx, opening: Opening, because: QueuedBecause, book: Published, now: datetime
) -> WorkItem:
    """It waits for an agent from now on."""
    [item] = await open_items(tx, [opening], book.version, now)
    tx.emit(item.queued_fact(now, because, None, None))
    return item


async def settle(tx: Tx, item: WorkItem, now: datetime) -> None:
    """Nothing is left to do: done where an agent has it, otherwise cancelled, with its offer.

    The item is locked.
    """
    await lock_agents(tx, item.owners)
    offers = await pending_for_items(tx, [item.id])
    await rescind(tx, offers, {item.id: (item, None)}, "settled", now)
    if item.owners:
        await save(tx, [(item, item.ended("done", now))], now)
        await released(tx, item.owners, now)
        tx.emit(facts.ItemDone(at=now, **item.about(None), agent=item.agent_id))
    else:
        await save(tx, [(item, item.ended("cancelled", now))], now)
        tx.emit(facts.ItemCancelled(at=now, **item.about(None), reason="settled"))


async def wait_again(
    tx: Tx, item: WorkItem, waiting: WorkItem, because: QueuedBecause, now: datetime
) -> None:
    """A locked item waits as `waiting` says: who had it, or was offered it, has it no longer."""
    await lock_agents(tx, item.owners)
    offers = await pending_for_items(tx, [item.id])
    await rescind(tx, offers, {item.id: (item, None)}, "transferred", now)
    await save(tx, [(item, waiting)], now)
    await released(tx, item.owners, now)
    tx.emit(waiting.queued_fact(now, because, item.agent_id, None))
