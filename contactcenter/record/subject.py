"""What happens to the subject of work with the work: it is taken, it moves to another queue."""

from datetime import datetime
from typing import assert_never

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor
from contactcenter.model.case import Case
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer, Place, place
from contactcenter.model.lead import Lead
from contactcenter.model.rulebook import Published
from contactcenter.record.cases import save_case
from contactcenter.record.held import Held
from contactcenter.record.leads import save_lead


async def placed(tx: Tx, held: Held, queue: str, book: Published) -> Place:
    """The place that its customer, and the severity of a case, give it in a queue."""
    customer = await tx.one(Customer, "customers.read", held.subject.party_id)
    severity = held.subject.severity if isinstance(held.subject, Case) else None
    return place(customer, queue, book.rules, held.item.asked, severity)


async def taken(tx: Tx, held: Held, agent: int, by: Actor, now: datetime) -> None:
    """An agent has the work now, by accepting it or by somebody's order."""
    subject = held.subject
    match subject:
        case Conversation():
            await tx.do("conversations.set_agent", subject.id, agent)
        case Case():
            await save_case(tx, subject, subject.taken(agent, now), by, now, agents=[agent])
        case Lead():
            await save_lead(tx, subject, subject.taken(agent), by, now)
        case _:
            assert_never(subject)


async def moved(tx: Tx, held: Held, queue: str, by: Actor, now: datetime) -> None:
    """The work waits in another queue now."""
    subject = held.subject
    match subject:
        case Conversation():
            return
        case Case():
            there = msgspec.structs.replace(subject, queue=queue)
            await save_case(tx, subject, there, by, now, agents=held.item.owners)
        case Lead():
            await save_lead(tx, subject, msgspec.structs.replace(subject, queue=queue), by, now)
        case _:
            assert_never(subject)
