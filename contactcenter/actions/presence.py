"""Agents come, say what they are, and go; processes die and take their sockets with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, NotFound, Stale
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.consults import end_as_gone
from contactcenter.record.finish import finish
from contactcenter.record.held import hold_many
from contactcenter.record.load import lock_agents, released, save_agent
from contactcenter.record.offers import pending_for_agents, withdraw
from contactcenter.record.timers import Rings, still_due
from contactcenter.record.work import save
from contactcenter.words import Presence


async def connect(tx: Tx, agent_id: int, process: str, session: int, now: datetime) -> int:
    """A socket of the agent is open in this process; returns its id. They are here again.

    Whoever had signed out is offline until they say otherwise, and their grace time runs on.
    """
    agent = (await lock_agents(tx, [agent_id])).get(agent_id)
    if agent is None:
        detail = "This person takes no work: an administrator has to make them an agent first."
        raise NotFound(detail, code="no-agent")
    socket = await tx.one(int, "sockets.open", process, agent_id, session, now)
    if agent.gone_since is not None:
        here = msgspec.structs.replace(agent, gone_since=None)
        await save_agent(tx, here)
        tx.emit(here.presence_fact(now))
        if here.seen_as != "offline":
            tx.clear("agent_grace", agent_id)
    return socket


async def disconnect(tx: Tx, socket: int, book: Published, now: datetime) -> None:
    """A socket is closed. With their last one the agent is gone."""
    agent = await tx.maybe(int, "sockets.agent", socket)
    if agent is None:
        return
    await _gone(tx, [agent], [socket], book, now)


async def reap(tx: Tx, book: Published, now: datetime) -> int:
    """Close the sockets of processes whose lease has ended; returns how many agents are gone."""
    dead = await tx.many(_Dead, "sockets.of_dead_processes")
    agents = sorted({d.agent_id for d in dead})
    if agents:
        await _gone(tx, agents, [d.id for d in dead], book, now)
    await tx.do("processes.bury")
    return len(agents)


async def set_presence(
    tx: Tx, agent_id: int, presence: Presence, reason: str | None, book: Published, now: datetime
) -> None:
    """The agent says what they are. Away and offline take no offers; their work stays theirs.

    `offline` is signing out: the work is kept for the grace time, and then queued again.
    """
    if presence == "away" and reason not in book.rules.presence.reasons:
        known = ", ".join(book.rules.presence.reasons)
        detail = f"To be away takes one of these reasons: {known}."
        raise BadInput(detail, pointer="/reason")
    pending = [] if presence == "available" else await pending_for_agents(tx, [agent_id])
    held = await hold_many(tx, [o.item_id for o in pending])
    agent = (await lock_agents(tx, [agent_id]))[agent_id]
    after = agent.says(presence, reason if presence == "away" else None, now)
    await save_agent(tx, after)
    tx.emit(after.presence_fact(now))
    if presence != "available":
        await withdraw(tx, pending, held, {agent_id}, "agent_away", now)
    if presence == "offline":
        grace = now + timedelta(seconds=book.rules.presence.grace_s)
        tx.schedule("agent_grace", agent_id, grace)
        await end_as_gone(tx, [agent_id], now)
    else:
        tx.clear("agent_grace", agent_id)


async def grace_ended(tx: Tx, rings: Rings, _book: Published, now: datetime) -> None:
    """A timer's effect: whoever is still not here gives their work back to its queues."""
    owned = await tx.many(int, "items.of_agents", sorted(rings))
    held = await hold_many(tx, owned)
    agents = await lock_agents(tx, rings)
    if set(await tx.many(int, "items.of_agents", sorted(rings))) != set(owned):
        raise Stale
    due = await still_due(tx, "agent_grace", rings)
    missing = {a.id for a in agents.values() if a.id in due and a.seen_as == "offline"}
    changes: list[tuple[WorkItem, WorkItem]] = []
    for one in held.values():
        former = one.item.agent_id
        if former not in missing or one.item.state not in ("active", "wrapup"):
            continue
        if one.item.state == "wrapup":
            after = await finish(tx, one, "resolved", now)
        else:
            after = one.item.turn("us", now).queued(now)
            tx.emit(after.queued_fact(now, "agent_gone", former, one.bot))
        changes.append((one.item, after))
    await save(tx, changes, now)
    await released(tx, missing, now)
    await end_as_gone(tx, missing, now)
    for agent in agents.values():
        if agent.id in missing and agent.presence != "offline":
            after_grace = agent.says("offline", None, now)
            await save_agent(tx, after_grace)


class _Dead(msgspec.Struct, frozen=True):
    id: int
    agent_id: int


async def _gone(
    tx: Tx, agent_ids: Sequence[int], sockets: Sequence[int], book: Published, now: datetime
) -> None:
    """Close sockets. Offers that are pending are withdrawn, and count against nobody."""
    pending = await pending_for_agents(tx, agent_ids)
    held = await hold_many(tx, [o.item_id for o in pending])
    agents = await lock_agents(tx, agent_ids)
    await tx.do("sockets.close", list(sockets))
    present = set(await tx.many(int, "sockets.present", list(agent_ids)))
    gone = {a.id for a in agents.values() if a.id not in present and a.gone_since is None}
    for agent in (agents[i] for i in sorted(gone)):
        after = msgspec.structs.replace(agent, gone_since=now)
        await save_agent(tx, after)
        tx.emit(after.presence_fact(now))
        grace = now + timedelta(seconds=book.rules.presence.grace_s)
        tx.schedule("agent_grace", agent.id, grace)
    await withdraw(tx, pending, held, gone, "agent_gone", now)
