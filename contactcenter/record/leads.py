"""Steps with leads: open one, lock it with its work, write what has become of it."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound, Stale
from contactcenter.model.caller import Actor
from contactcenter.model.customer import Customer, place
from contactcenter.model.lead import Lead
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.model.work import WorkItem
from contactcenter.record.settle import begin
from contactcenter.record.work import Opening

CHANNEL = "lead"


class NewLead(msgspec.Struct, frozen=True, kw_only=True):
    """`value` in minor units of `currency`; without a queue it waits where the rulebook says.

    `key`: whoever makes one again under the same key gets the one there is.
    """

    product: str
    source: str
    region: str | None = None
    value: int | None = None
    currency: str | None = None
    note: str = ""
    queue: str | None = None
    key: str | None = None


async def open_lead(
    tx: Tx, customer: Customer, new: NewLead, by: Actor, book: Published, now: datetime
) -> Lead:
    """Of a locked customer: it waits for whoever knows the product and the region."""
    rules = book.rules
    queue = new.queue or rules.leads.queue or rules.entry_for("*").queue
    lead = await tx.maybe(
        Lead,
        "leads.open",
        customer.id,
        new.source,
        new.product,
        new.region,
        new.value,
        new.currency,
        new.note,
        queue,
        by.kind,
        by.id,
        new.key,
        now,
    )
    if lead is None:
        raise Stale  # under this key it was made at the same time
    tx.emit(facts.LeadArrived(at=now, **about(lead, by)))
    asked = _asked(lead, rules)
    opening = Opening(
        lead_id=lead.id,
        customer_id=customer.id,
        state="queued",
        queue=queue,
        channel=CHANNEL,
        weight=rules.channels[CHANNEL].weight,
        place=place(customer, queue, rules, asked),
        asked=asked,
        sticky_agent_id=None,
        sticky_until=None,
        bot_id=None,
    )
    await begin(tx, opening, "arrived", book, now)
    return lead


async def hold_lead(tx: Tx, lead_id: int) -> tuple[Lead, WorkItem | None]:
    """Lock a lead and the work on it, if there is any. `NotFound` where there is no such lead."""
    lead = await tx.maybe(Lead, "leads.lock", lead_id)
    if lead is None:
        raise NotFound(f"There is no lead {lead_id}.")
    return lead, await tx.maybe(WorkItem, "leads.lock_item", lead_id)


async def save_lead(tx: Tx, before: Lead, after: Lead, by: Actor, now: datetime) -> None:
    """Write a locked lead; nothing where nothing has changed."""
    if before == after:
        return
    args = before.id, before.state, after.state, after.queue, after.agent_id, after.ended_at
    if await tx.maybe(int, "leads.save", *args) is None:
        raise Conflict("The lead has changed in the meantime.", code="lead-changed")
    tx.emit(facts.LeadChanged(at=now, **about(after, by)))


def about(lead: Lead, by: Actor) -> facts.AboutLead:
    """What every fact about it says."""
    return facts.AboutLead(
        lead=lead.id,
        customer=lead.party_id,
        source=lead.source,
        product=lead.product,
        region=lead.region,
        value=lead.value,
        currency=lead.currency,
        state=lead.state,
        queue=lead.queue,
        agent=lead.agent_id,
        by_kind=by.kind,
        by=by.id,
    )


def _asked(lead: Lead, rules: Rulebook) -> dict[str, int]:
    wanted = {
        f"product:{lead.product}": rules.leads.product_level,
        f"territory:{lead.region}": rules.leads.territory_level if lead.region else 0,
    }
    return {name: level for name, level in wanted.items() if level}
