"""Whoever has the work asks a colleague in, who looks on and leaves notes, or takes it over.

The customer hears nothing of it, and it takes no capacity: what is counted is whose the work is.
"""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict
from contactcenter.model.customer import Customer
from contactcenter.model.rulebook import Published
from contactcenter.record.append import append_note
from contactcenter.record.consults import Consult
from contactcenter.record.held import hold, owned_by
from contactcenter.record.load import loads, lock_agents, released
from contactcenter.record.work import save
from contactcenter.words import ConsultOutcome


class Asked(msgspec.Struct, frozen=True):
    """By which it is joined and ended."""

    consult: int


class _People(msgspec.Struct, frozen=True):
    by_name: str
    agent_name: str
    agent_login: str


class _Ended(msgspec.Struct, frozen=True):
    outcome: ConsultOutcome


async def ask(
    tx: Tx, agent: int, item_id: int, colleague: int, question: str, now: datetime
) -> Asked:
    """Ask a colleague in; the question is a note of the conversation.

    Raises `BadInput` for somebody who is no agent, `Conflict`: `not-yours` unless the agent has the
    item active, `agent-offline` for a colleague who is signed out, `asked-already`.
    """
    if colleague == agent:
        raise BadInput("It is yours already: name another agent.", pointer="/agent")
    held = await hold(tx, item_id)
    item = owned_by(held, agent, "active")
    there = (await lock_agents(tx, [colleague])).get(colleague)
    people = await tx.maybe(_People, "consults.people", agent, colleague)
    if there is None or people is None:
        raise BadInput(f"There is no agent {colleague}.", pointer="/agent")
    if there.seen_as == "offline":
        raise Conflict("The agent is signed out.", code="agent-offline")
    number = await tx.maybe(int, "consults.ask", item_id, agent, colleague, question, now)
    if number is None:
        raise Conflict("This colleague is asked already.", code="asked-already")
    text = f"@{people.agent_login} {question}"
    await append_note(tx, held.conversation, item, agent, text, now)
    customer = await tx.one(Customer, "customers.read", held.conversation.party_id)
    tx.emit(
        facts.ConsultAsked(
            at=now,
            consult=number,
            item=item_id,
            conversation=held.conversation.id,
            by=agent,
            by_name=people.by_name,
            agent=colleague,
            agent_name=people.agent_name,
            customer=customer.id,
            customer_name=customer.name,
            question=question,
        )
    )
    return Asked(number)


async def join(tx: Tx, agent: int, number: int, now: datetime) -> None:
    """The colleague looks in. `Conflict` (`consult-gone`) unless they are asked, and are not in."""
    consult = await _read(tx, agent, number)
    if await tx.maybe(int, "consults.join", number, agent, now) is None:
        raise _gone()
    tx.emit(
        facts.ConsultJoined(
            at=now,
            consult=number,
            item=consult.item_id,
            conversation=consult.conversation_id,
            by=consult.asked_by,
            agent=agent,
        )
    )


async def end(tx: Tx, agent: int, number: int, now: datetime) -> None:
    """Either says that it is over. `Conflict` (`consult-gone`) where it is already."""
    consult = await _read(tx, agent, number)
    ended = await tx.maybe(_Ended, "consults.end", number, agent, now)
    if ended is None:
        raise _gone()
    tx.emit(consult.ended(ended.outcome, now))


async def take_over(tx: Tx, agent: int, number: int, book: Published, now: datetime) -> None:
    """The work is the colleague's who is in, at once; said by either of the two.

    Raises `Conflict`: `consult-gone` unless the colleague is in, `agent-offline`, and `agent-full`
    where the work is more than they may carry.
    """
    consult = await _read(tx, agent, number)
    held = await hold(tx, consult.item_id)
    agents = await lock_agents(tx, [consult.asked_by, consult.agent_id])
    if await tx.maybe(int, "consults.lock_joined", number) is None:
        raise _gone()
    item = owned_by(held, consult.asked_by, "active")
    taker = agents[consult.agent_id]
    if taker.seen_as == "offline":
        raise Conflict("The agent is signed out.", code="agent-offline")
    load = (await loads(tx, [taker.id]))[taker.id]
    if not taker.can_take(item.channel, item.full_weight, load, book.rules):
        raise Conflict("The agent has as much work as they may carry.", code="agent-full")
    owned = item.owned(taker.id, now)
    await save(tx, [(item, owned)], now)
    await tx.do("agents.took", taker.id, now)
    await tx.do("conversations.set_agent", held.conversation.id, taker.id)
    await released(tx, [consult.asked_by], now)
    tx.emit(
        facts.ItemAssigned(
            at=now,
            **owned.about(held.bot),
            agent=taker.id,
            weight=owned.weight,
            epoch=owned.epoch,
            enqueued_at=item.enqueued_at,
            former_agent=consult.asked_by,
        )
    )


async def _read(tx: Tx, agent: int, number: int) -> Consult:
    """One that this agent takes part in."""
    consult = await tx.maybe(Consult, "consults.read", number)
    if consult is None or agent not in (consult.asked_by, consult.agent_id):
        raise _gone()
    return consult


def _gone() -> Conflict:
    return Conflict("This consult is over.", code="consult-gone")
