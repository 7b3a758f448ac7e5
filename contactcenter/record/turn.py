"""The customer has spoken: it is our turn."""

from collections.abc import Sequence
from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.agent import Agent, Load
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.held import Held
from contactcenter.record.load import loads, lock_agents, released
from contactcenter.record.work import save
from contactcenter.words import QueuedBecause


async def turn_to_us(
    tx: Tx, live: Sequence[Held], book: Published, now: datetime
) -> list[WorkItem]:
    """Wake what sleeps, and queue again what its owner cannot serve; returns what has changed."""
    turned = [h for h in live if h.item.waiting_for == "customer" or h.item.state == "wrapup"]
    turned += await _left_alone(tx, live)
    if not turned:
        return []
    owners = [h.item.agent_id for h in turned if h.item.agent_id]
    agents = await lock_agents(tx, owners)
    carried = await loads(tx, owners)
    changes: list[tuple[WorkItem, WorkItem]] = []
    for held in turned:
        item = held.item
        after = item.turn("us", now)
        if item.agent_id is None:
            changes.append((item, after))
            continue
        agent, load = agents[item.agent_id], carried[item.agent_id]
        extra = item.full_weight - item.weight
        because = _why_not(agent, item, extra, load, book, now)
        if because:
            patience = book.rules.queues[item.queue].sticky_patience_s
            after = after.queued(now, sticky=agent.id, sticky_patience_s=patience)
            tx.emit(after.queued_fact(now, because, agent.id, held.bot))
        elif item.state == "active" and item.waiting_for == "us":
            continue
        else:
            carried[agent.id] = load.plus(item.channel, extra)
            after = after.replace(state="active", weight=item.full_weight)
            about = after.about(held.bot)
            if item.state == "wrapup":
                tx.emit(facts.ItemReactivated(at=now, **about, agent=agent.id))
            if extra:
                weighed = facts.ItemWeighed(
                    at=now, **about, agent=agent.id, weight=item.full_weight, dormant=False
                )
                tx.emit(weighed)
            if item.waiting_for == "customer":
                tx.emit(facts.ItemWaiting(at=now, **about, agent=agent.id, waiting_for="us"))
        changes.append((item, after))
    await save(tx, changes, now)
    freed = [before.agent_id for before, after in changes if before.agent_id and not after.agent_id]
    if freed:
        await released(tx, freed, now)
    return [after for _, after in changes]


async def _left_alone(tx: Tx, live: Sequence[Held]) -> list[Held]:
    """Our turn already, with an owner who is not available; to be looked at under the lock."""
    ours = [h for h in live if h.item.state == "active" and h.item.waiting_for == "us"]
    if not ours:
        return []
    away = set(await tx.many(int, "agents.not_available", [h.item.agent_id for h in ours]))
    return [h for h in ours if h.item.agent_id in away]


def _why_not(
    agent: Agent, item: WorkItem, extra: int, load: Load, book: Published, now: datetime
) -> QueuedBecause | None:
    """Why the owner cannot serve the item now. Who only vanished keeps it for the grace time."""
    if agent.presence == "offline":
        return "agent_gone"
    if agent.away_past_patience(now, book.rules):
        return "agent_away"
    if not agent.can_take(item.channel, extra, load, book.rules):
        return "agent_full"
    return None
