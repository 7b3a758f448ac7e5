"""An agent takes an offer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound, Refusal
from contactcenter.model.caller import Actor
from contactcenter.model.offer import Offer
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.held import Held, Work
from contactcenter.record.subject import taken as subject_taken
from contactcenter.record.waits import began, within_target
from contactcenter.record.work import Change
from contactcenter.words import ItemKind


class Accept(msgspec.Struct, frozen=True):
    """Of an offer to this agent."""

    agent: int
    offer: int


class Accepted(msgspec.Struct, frozen=True):
    """What the agent has now, and under which epoch; `kind` says what it is about."""

    item: int
    conversation: int | None
    epoch: int
    kind: ItemKind = "conversation"
    case: int | None = None
    lead: int | None = None


async def accept(
    tx: Tx, asked: Mapping[int, Accept], work: Work, book: Published, now: datetime
) -> dict[int, tuple[Accepted, Change] | Refusal]:
    """Give the items to the agents: a compare-and-set on each offer. The caller saves the changes.

    Refused: `NotFound` for an offer that was never theirs and `Conflict` (`offer-gone`) for one
    that is not pending any more; its context says what became of it.
    """
    outcomes: dict[int, tuple[Accepted, Change] | Refusal] = {}
    taken: list[tuple[Offer, Held, WorkItem]] = []
    for number, command in asked.items():
        offer = work.offers.get(command.offer)
        if offer is None or offer.agent_id != command.agent:
            outcomes[number] = NotFound(f"There is no offer {command.offer} to you.")
        elif offer.state != "pending":
            detail = f"The offer was {offer.state} before."
            gone = Conflict(detail, code="offer-gone", state=offer.state, reason=offer.reason)
            outcomes[number] = gone
        else:
            held = work.items[offer.item_id]
            item = held.item.owned(command.agent, now)
            result = Accepted(
                item.id, item.conversation_id, item.epoch, item.kind, item.case_id, item.lead_id
            )
            outcomes[number] = result, (held.item, item)
            taken.append((offer, held, item))
    if taken:
        await _take(tx, taken, book, now)
    return outcomes


async def _take(
    tx: Tx, taken: Sequence[tuple[Offer, Held, WorkItem]], book: Published, now: datetime
) -> None:
    within = [within_target(held.item, book, now) for _, held, _ in taken]
    await tx.do(
        "offers.accept",
        [o.id for o, _, _ in taken],
        [o.agent_id for o, _, _ in taken],
        [h.item.conversation_id for _, h, _ in taken],
        [h.item.id for _, h, _ in taken],
        [h.item.epoch for _, h, _ in taken],
        [h.item.queue for _, h, _ in taken],
        [began(h.item, book, now) for _, h, _ in taken],
        within,
        now,
    )
    for (offer, held, item), in_time in zip(taken, within, strict=True):
        if item.kind != "conversation":  # whose row the statement above has written
            by = Actor("person", offer.agent_id)
            await subject_taken(tx, held, offer.agent_id, by, now)
        about, agent = item.about(held.bot), offer.agent_id
        tx.clear("offer_lapse", offer.id)
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
                answered_within=in_time,
            )
        )
