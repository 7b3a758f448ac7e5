"""Leads are made, and end as won or lost."""

from datetime import datetime
from typing import Literal

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.caller import Actor
from contactcenter.model.lead import ENDED, Lead
from contactcenter.model.rulebook import Published
from contactcenter.record.leads import NewLead, hold_lead, open_lead, save_lead
from contactcenter.record.root import lock_root
from contactcenter.record.settle import settle


class Made(msgspec.Struct, frozen=True):
    """`duplicate`: it was made under this key before."""

    id: int
    duplicate: bool = False


async def make_lead(
    tx: Tx, customer: int, new: NewLead, by: Actor, book: Published, now: datetime
) -> Made:
    """A lead waits for an agent who knows the product and the region, at once.

    Raises `NotFound`, and `BadInput`: `unknown-queue`; `key-reused` for a key under which another
    was made.
    """
    if new.queue is not None and new.queue not in book.rules.queues:
        detail = f"There is no queue {new.queue!r}; these are: {', '.join(book.rules.queues)}."
        raise BadInput(detail, code="unknown-queue", pointer="/queue")
    root = await lock_root(tx, customer)
    if new.key is not None:
        before = await tx.maybe(Lead, "leads.of_key", by.kind, by.id, new.key)
        if before:
            if (before.party_id, before.product) != (root.id, new.product):
                detail = f"Under this key lead {before.id} was made."
                raise BadInput(detail, code="key-reused", pointer="/key")
            return Made(before.id, duplicate=True)
    return Made((await open_lead(tx, root, new, by, book, now)).id)


async def end_lead(
    tx: Tx,
    lead_id: int,
    state: Literal["won", "lost"],
    by: Actor,
    now: datetime,
    *,
    others_work: bool,
) -> Lead:
    """Won or lost: its work ends. `Conflict`: `lead-ended` before, `not-yours`."""
    before, item = await hold_lead(tx, lead_id)
    if before.state in ENDED:
        raise Conflict(f"The lead is {before.state}.", code="lead-ended", state=before.state)
    if item and item.owners and item.agent_id != by.id and not others_work:
        detail = f"Agent {item.agent_id} is at work on this lead."
        raise Conflict(detail, code="not-yours", agent=item.agent_id)
    after = before.ended(state, now)
    await save_lead(tx, before, after, by, now)
    if item:
        await settle(tx, item, now)
    return after
