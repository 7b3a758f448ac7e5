"""Withdraw pending offers; what ends an offer otherwise is an action of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Stale
from contactcenter.model.offer import Offer
from contactcenter.model.work import WorkItem
from contactcenter.record.held import Held
from contactcenter.record.work import save
from contactcenter.words import OfferState, RescindReason


async def pending_for_items(tx: Tx, items: Sequence[int]) -> list[Offer]:
    """Lock the pending offers of locked items."""
    return await tx.many(Offer, "offers.lock_pending_of_items", sorted(items))


async def pending_for_agents(tx: Tx, agents: Sequence[int]) -> list[Offer]:
    """The pending offers of agents, not locked: their items come first in the lock order."""
    return await tx.many(Offer, "offers.pending_of_agents", sorted(agents))


async def withdraw(
    tx: Tx,
    seen: Sequence[Offer],
    held: Mapping[int, Held],
    agents: set[int],
    reason: RescindReason,
    now: datetime,
) -> None:
    """Withdraw what locked agents have pending; their items wait again.

    `seen` was read before the locks, and `held` are its items; `Stale` when there is more by now.
    """
    if {o.id for o in await pending_for_agents(tx, sorted(agents))} - {o.id for o in seen}:
        raise Stale
    offers = [o for o in await pending_for_items(tx, list(held)) if o.agent_id in agents]
    returned = {o.item_id: held[o.item_id] for o in offers}
    await save(tx, [(h.item, h.item.returned()) for h in returned.values()], now)
    items = {i: (h.item, h.bot) for i, h in returned.items()}
    await rescind(tx, offers, items, reason, now)


async def end(
    tx: Tx,
    offers: Sequence[Offer],
    state: OfferState,
    now: datetime,
    *,
    reason: RescindReason | None = None,
    excluded_until: datetime | None = None,
) -> None:
    """Write the end of locked offers, and take back their timers."""
    if not offers:
        return
    ids = [o.id for o in offers]
    await tx.do("offers.end", ids, state, reason, now, excluded_until)
    for offer in ids:
        tx.clear("offer_lapse", offer)


async def rescind(
    tx: Tx,
    offers: Sequence[Offer],
    items: Mapping[int, tuple[WorkItem, int | None]],
    reason: RescindReason,
    now: datetime,
) -> None:
    """Withdraw locked offers: this counts against nobody. `items`: each item and its bot."""
    await end(tx, offers, "rescinded", now, reason=reason)
    for offer in offers:
        item, bot = items[offer.item_id]
        tx.emit(
            facts.OfferEnded(
                at=now,
                **item.about(bot),
                offer=offer.id,
                agent=offer.agent_id,
                state="rescinded",
                reason=reason,
            )
        )
