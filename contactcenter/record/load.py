"""Whatever takes capacity: lock the agent, count what they carry, and compare."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.agent import Agent, Load


async def lock_agents(tx: Tx, ids: Iterable[int]) -> dict[int, Agent]:
    """Lock the agents' rows, by id."""
    rows = await tx.many(Agent, "agents.lock", sorted(set(ids)))
    return {row.id: row for row in rows}


class Carried(msgspec.Struct, frozen=True):
    """What takes capacity of an agent: a weight on a channel."""

    agent_id: int
    channel: str
    weight: int


async def loads(tx: Tx, ids: Iterable[int]) -> dict[int, Load]:
    """What locked agents carry: active items, wrap-up and pending offers.

    A statement of its own, after the lock: within the lock's own statement the older snapshot
    would still count.
    """
    wanted = sorted(set(ids))
    return summed(wanted, await tx.many(Carried, "agents.carried", wanted))


def summed(agents: Iterable[int], carried: Iterable[Carried]) -> dict[int, Load]:
    """What each of these agents carries in all."""
    found: dict[int, Load] = {i: Load({}) for i in agents}
    for row in carried:
        found[row.agent_id] = found[row.agent_id].plus(row.channel, row.weight)
    return found


async def save_agent(tx: Tx, agent: Agent) -> None:
    """Write what a locked agent says of themself, and their clocks."""
    await tx.do(
        "agents.save",
        agent.id,
        agent.presence,
        agent.presence_reason,
        agent.presence_since,
        agent.gone_since,
        agent.idle_since,
        agent.cooldown_until,
        agent.misses,
    )


async def released(tx: Tx, agents: Iterable[int], now: datetime) -> None:
    """Locked agents who gave work away or finished it: their idle clocks begin anew."""
    await tx.do("agents.released", sorted(set(agents)), now)
