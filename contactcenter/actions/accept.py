"""An agent takes an offer."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.offer import Offer
from contactcenter.model.rulebook import Published
from contactcenter.record.held import hold
from contactcenter.record.load import lock_agents
from contactcenter.record.offers import end
from contactcenter.record.waits import answered
from contactcenter.record.work import save


class Accepted(msgspec.Struct, frozen=True):
    """What the agent has now, and under which epoch."""

    item: int
    conversation: int
    epoch: int


async def accept(tx: Tx, agent: int, offer_id: int, book: Published, now: datetime) -> Accepted:
    """Give the item to the agent: a compare-and-set on the offer.

    Raises `NotFound` for an offer that was never theirs and `Conflict` (`offer-gone`) for one that
    is not pending any more; its context says what became of it.
    """
    seen = await tx.maybe(Offer, "offers.read", [offer_id])
    if seen is None or seen.agent_id != agent:
        detail = f"There is no offer {offer_id} to you."
        raise NotFound(detail)
    held = await hold(tx, seen.item_id)
    await lock_agents(tx, [agent])
    offer = await tx.one(Offer, "offers.lock", [offer_id])
    if offer.state != "pending":
        detail = f"The offer was {offer.state} before."
        raise Conflict(detail, code="offer-gone", state=offer.state, reason=offer.reason)
    await end(tx, [offer], "accepted", now)
    item = held.item.owned(agent, now)
    await save(tx, [(held.item, item)])
    within = await answered(tx, held.item, book, now)
    await tx.do("agents.took", agent, now)
    await tx.do("conversations.set_agent", held.conversation.id, agent)
    about = item.about(held.bot)
    tx.emit(facts.OfferEnded(at=now, **about, offer=offer.id, agent=agent, state="accepted"))
    tx.emit(
        facts.ItemAssigned(
            at=now,
            **about,
            agent=agent,
            weight=item.weight,
            epoch=item.epoch,
            enqueued_at=held.item.enqueued_at,
            offer=offer.id,
            answered_within=within,
        )
    )
    return Accepted(item.id, item.conversation_id, item.epoch)
