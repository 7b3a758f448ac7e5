"""Extend offers: the engine proposes, and here its proposals are checked against what is true."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.explanation import sentence
from contactcenter.model.agent import Agent, Load
from contactcenter.model.offer import Offer, Proposal
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.load import Carried, summed
from contactcenter.words import Severity

GONE = "the item no longer waits"


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that did not hold; `agent_at_fault` when the item could go to somebody else."""

    item_id: int
    agent_id: int
    agent_at_fault: bool
    reason: str


class _Held(msgspec.Struct, frozen=True):
    leads: bool
    items: list[WorkItem]
    agents: list[Agent]
    carried: list[Carried]
    shown: list["_Shown"]


class _Shown(msgspec.Struct, frozen=True):
    item_id: int
    bot_id: int | None
    name: str | None
    tier: str | None
    value: int
    excerpt: str
    severity: Severity | None


async def extend(
    tx: Tx, proposals: Sequence[Proposal], epoch: int, book: Published, now: datetime
) -> list[Refused]:
    """Make the offers that hold, and return the proposals that do not.

    Raises `Conflict` (code `not-leader`) when the lease of `epoch` has ended: then nothing at all
    is written, since another process routes.
    """
    wanted, candidates = {p.item_id for p in proposals}, {p.agent_id for p in proposals}
    held = await tx.one(_Held, "offers.hold", epoch, sorted(wanted), sorted(candidates))
    if not held.leads:
        detail = "Another process routes now."
        raise Conflict(detail, code="not-leader")
    items = {i.id: _weighed(i, book) for i in held.items}
    agents = {a.id: a for a in held.agents}
    carried = summed(agents, held.carried)
    granted: list[tuple[Proposal, WorkItem]] = []
    refused: list[Refused] = []
    for p in proposals:
        item, agent = items[p.item_id], agents[p.agent_id]
        waits = item.state == "queued"
        reason = _why_not(agent, item, carried[agent.id], book, now) if waits else GONE
        if reason:
            refused.append(
                Refused(item_id=p.item_id, agent_id=agent.id, agent_at_fault=waits, reason=reason)
            )
        else:
            carried[agent.id] = carried[agent.id].plus(item.channel, item.full_weight)
            items[item.id] = item.replace(state="offered")
            granted.append((p, item))
    if granted:
        await _make(tx, granted, {s.item_id: s for s in held.shown}, book, now)
    return refused


def _weighed(item: WorkItem, book: Published) -> WorkItem:
    """What waits weighs what its channel weighs now, and keeps that when an agent has it."""
    if item.state != "queued":
        return item
    weight = book.rules.channels[item.channel].weight
    return item.replace(weight=weight, full_weight=weight)


def _why_not(
    agent: Agent, item: WorkItem, load: Load, book: Published, now: datetime
) -> str | None:
    if agent.seen_as != "available":
        return f"the agent is {agent.seen_as}"
    if agent.cooldown_until and agent.cooldown_until > now:
        return "the agent rests after a missed offer"
    if not agent.can_take(item.channel, item.full_weight, load, book.rules):
        return "the agent has no capacity left"
    return None


async def _make(
    tx: Tx,
    granted: Sequence[tuple[Proposal, WorkItem]],
    shown: dict[int, _Shown],
    book: Published,
    now: datetime,
) -> None:
    offers = await tx.many(
        Offer,
        "offers.make",
        [p.item_id for p, _ in granted],
        [p.agent_id for p, _ in granted],
        [
            now + timedelta(seconds=book.rules.channels[item.channel].offer_timeout_s)
            for _, item in granted
        ],
        [sentence(p.explanation) for p, _ in granted],
        [msgspec.json.encode(p.explanation) for p, _ in granted],
        [item.queue for _, item in granted],
        [item.full_weight for _, item in granted],
        now,
        book.version,
    )
    why = {p.item_id: p.explanation for p, _ in granted}
    items = {item.id: item for _, item in granted}
    for offer in offers:
        item, customer = items[offer.item_id], shown[offer.item_id]
        tx.schedule("offer_lapse", offer.id, offer.expires_at)
        tx.emit(
            facts.OfferMade(
                at=now,
                **item.about(customer.bot_id),
                offer=offer.id,
                agent=offer.agent_id,
                expires_at=offer.expires_at,
                sentence=offer.sentence,
                explanation=why[offer.item_id],
                customer_name=customer.name,
                tier=customer.tier,
                value=customer.value,
                excerpt=customer.excerpt,
                severity=customer.severity,
                weight=item.full_weight,
            )
        )
