"""Give work to somebody else: to a queue, to an agent, or by a supervisor's order."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.agent import Agent
from contactcenter.model.caller import Actor
from contactcenter.model.case import Case
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import append_note
from contactcenter.record.cases import note_case
from contactcenter.record.held import Held, hold, owned_by
from contactcenter.record.load import loads, lock_agents, released
from contactcenter.record.offers import pending_for_items, rescind
from contactcenter.record.subject import moved, placed, taken
from contactcenter.record.waits import answered
from contactcenter.record.work import save


async def transfer(
    tx: Tx,
    agent: int,
    item_id: int,
    *,
    queue: str | None,
    to_agent: int | None,
    note: str | None,
    book: Published,
    now: datetime,
) -> None:
    """Put an item that the agent has back into a queue, or before another agent first.

    `to_agent` prefers that agent for the queue's sticky patience; it forces nothing on them, so a
    transfer to somebody who is full or away falls to the others. It waits under the requirement of
    its queue, and what a bot's hand-over asked stays. Raises `BadInput` for an unknown
    queue or agent, `Conflict` (`not-yours`) unless the agent has the item.
    """
    if (queue is None) == (to_agent is None):
        detail = "Name either a queue or an agent."
        raise BadInput(detail, pointer="/queue")
    if queue is not None and queue not in book.rules.queues:
        detail = f"There is no queue {queue!r}."
        raise BadInput(detail, pointer="/queue")
    if to_agent == agent:
        detail = "It is yours already: name another agent."
        raise BadInput(detail, pointer="/agent")
    if to_agent is not None and await tx.maybe(Agent, "agents.read", to_agent) is None:
        detail = f"There is no agent {to_agent}."
        raise BadInput(detail, pointer="/agent")
    held = await hold(tx, item_id)
    item = owned_by(held, agent, "active")
    await lock_agents(tx, [agent])
    by = Actor("person", agent)
    if note and isinstance(held.subject, Case):
        await note_case(tx, held.subject, note, by, now, item.owners)
    elif note:
        await append_note(tx, held.conversation, item, agent, note, now)
    target = queue or item.queue
    waiting = item.turn("us", now).queued(
        now,
        queue=target,
        place=await placed(tx, held, target, book),
        sticky=to_agent,
        sticky_patience_s=book.rules.queues[target].sticky_patience_s,
        passed_on_by=agent,
    )
    await save(tx, [(item, waiting)], now)
    await moved(tx, held, target, by, now)
    await released(tx, [agent], now)
    tx.clear("item_idle", item_id)
    tx.emit(waiting.queued_fact(now, "transferred", agent, held.bot))


class Assigned(msgspec.Struct, frozen=True):
    """`over_capacity`: the agent now carries more than they should, by this order."""

    item: int
    agent: int
    over_capacity: bool


async def assign(
    tx: Tx, by: int, item_id: int, agent_id: int, book: Published, now: datetime
) -> Assigned:
    """A supervisor gives an item to an agent, at once and whatever they carry.

    Whoever had it, or was offered it, has it no longer. Raises `Conflict` for work that has ended
    and for an agent who is signed out.
    """
    held = await hold(tx, item_id)
    item = _under_way(held)
    former = item.agent_id
    agents = await lock_agents(tx, [agent_id, *([former] if former else [])])
    agent = agents.get(agent_id)
    if agent is None:
        detail = f"There is no agent {agent_id}."
        raise NotFound(detail)
    if agent.seen_as == "offline":
        detail = "The agent is signed out."
        raise Conflict(detail, code="agent-offline")
    if former == agent_id:
        detail = "The agent has this work already."
        raise Conflict(detail, code="already-theirs")
    await _take_back(tx, held, now)
    load = (await loads(tx, [agent_id]))[agent_id]
    owned = item.owned(agent_id, now)
    if former is None:
        owned = owned.turn("us", now)
    await save(tx, [(item, owned)], now)
    within = await answered(tx, item, book, now) if item.state in ("queued", "offered") else None
    await tx.do("agents.took", agent_id, now)
    await taken(tx, held, agent_id, Actor("person", by), now)
    if former:
        await released(tx, [former], now)
    tx.emit(
        facts.ItemAssigned(
            at=now,
            **owned.about(held.bot),
            agent=agent_id,
            weight=owned.weight,
            epoch=owned.epoch,
            enqueued_at=item.enqueued_at,
            by=by,
            former_agent=former,
            answered_within=within,
        )
    )
    fits = agent.can_take(item.channel, item.full_weight, load, book.rules)
    return Assigned(item_id, agent_id, over_capacity=not fits)


async def requeue(
    tx: Tx, item_id: int, queue: str | None, by: Actor, book: Published, now: datetime
) -> None:
    """A supervisor takes an item from whoever has it, and puts it into a queue."""
    held = await hold(tx, item_id)
    item = _under_way(held)
    target = queue or item.queue
    if target not in book.rules.queues:
        detail = f"There is no queue {target!r}."
        raise BadInput(detail, code="unknown-queue", pointer="/queue")
    if item.agent_id:
        await lock_agents(tx, [item.agent_id])
    await _take_back(tx, held, now)
    place_there = await placed(tx, held, target, book)
    waiting = item.turn("us", now).queued(now, queue=target, place=place_there)
    await save(tx, [(item, waiting)], now)
    await moved(tx, held, target, by, now)
    if item.agent_id:
        await released(tx, [item.agent_id], now)
    tx.emit(waiting.queued_fact(now, "transferred", item.agent_id, held.bot))


def _under_way(held: Held) -> WorkItem:
    """The item, where a supervisor may still give it to somebody else; otherwise `Conflict`."""
    item = held.item
    if item.state not in ("bot", "queued", "offered", "active"):
        detail = f"The work item is {item.state}."
        raise Conflict(detail, code="item-ended", state=item.state)
    return item


async def _take_back(tx: Tx, held: Held, now: datetime) -> None:
    offers = await pending_for_items(tx, [held.item.id])
    await rescind(tx, offers, {held.item.id: (held.item, held.bot)}, "reassigned", now)
