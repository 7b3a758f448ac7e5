"""An offer is declined, or lapses: the item keeps its place, the agent is left out and rests.

Whoever misses too many in a row is set away, and loses what else they are offered.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.offer import Offer
from contactcenter.model.rulebook import Published
from contactcenter.record.held import hold_many
from contactcenter.record.load import lock_agents, save_agent
from contactcenter.record.offers import end, pending_for_agents, withdraw
from contactcenter.record.timers import Rings, still_due
from contactcenter.record.work import save
from contactcenter.words import OfferState

AWAY_REASON = "missed offers"


async def decline(tx: Tx, agent: int, offer_id: int, book: Published, now: datetime) -> None:
    """The agent says no. `Conflict` (`offer-gone`) when the offer is not pending any more."""
    seen = await tx.maybe(Offer, "offers.read", [offer_id])
    if seen is None or seen.agent_id != agent:
        detail = f"There is no offer {offer_id} to you."
        raise NotFound(detail)
    if not await _miss(tx, [seen], "declined", book, now):
        detail = "The offer is not pending any more."
        raise Conflict(detail, code="offer-gone")


async def lapse(tx: Tx, rings: Rings, book: Published, now: datetime) -> None:
    """Nobody answered in time: a timer's effect. What has ended otherwise stays as it is."""
    seen = await tx.many(Offer, "offers.read", sorted(rings))
    await _miss(tx, seen, "expired", book, now, rings)


async def _miss(
    tx: Tx,
    seen: Sequence[Offer],
    state: OfferState,
    book: Published,
    now: datetime,
    rings: Rings | None = None,
) -> int:
    """End those that are still pending once they are locked; returns how many."""
    rules = book.rules.offers
    pending = await pending_for_agents(tx, [o.agent_id for o in seen])
    held = await hold_many(tx, {o.item_id for o in (*seen, *pending)})
    agents = await lock_agents(tx, [o.agent_id for o in seen])
    locked = await tx.many(Offer, "offers.lock", sorted(o.id for o in seen))
    due = {o.id for o in seen} if rings is None else await still_due(tx, "offer_lapse", rings)
    missed = [o for o in locked if o.state == "pending" and o.id in due]
    excluded = now + timedelta(seconds=rules.exclusion_s)
    rests = now + timedelta(seconds=rules.cooldown_s)
    await end(tx, missed, state, now, excluded_until=excluded)
    await save(tx, [(held[o.item_id].item, held[o.item_id].item.returned()) for o in missed], now)
    for offer in missed:
        agent = agents[offer.agent_id]
        agent = agents[agent.id] = agent.missed(rests, now)
        item = held[offer.item_id].item
        tx.emit(
            facts.OfferEnded(
                at=now,
                **item.about(held[offer.item_id].bot),
                offer=offer.id,
                agent=agent.id,
                state=state,
                excluded_until=excluded,
                cooldown_until=rests,
                misses=agent.misses,
            )
        )
        if agent.misses >= rules.misses_until_away and agent.presence == "available":
            agent = agents[agent.id] = agent.says("away", AWAY_REASON, now)
            tx.emit(agent.presence_fact(now))
    for agent in (agents[i] for i in sorted({o.agent_id for o in missed})):
        await save_agent(tx, agent)
    away = {o.agent_id for o in missed if agents[o.agent_id].presence != "available"}
    await withdraw(tx, pending, held, away, "agent_away", now)
    return len(missed)
