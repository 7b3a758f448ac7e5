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


class _Carried(msgspec.Struct, frozen=True):
    agent_id: int
    channel: str
    weight: int


async def loads(tx: Tx, ids: Iterable[int]) -> dict[int, Load]:
    """What locked agents carry: active items, wrap-up and pending offers.

    A statement of its own, after the lock: within the lock's own statement the older snapshot
    would still count.
    """
    wanted = sorted(set(ids))
    found: dict[int, Load] = {i: Load({}) for i in wanted}
    for row in await tx.many(_Carried, "agents.carried", wanted):
        found[row.agent_id] = found[row.agent_id].plus(row.channel, row.weight)
    return found


async def back_to_idle(tx: Tx, ids: Iterable[int], now: datetime) -> None:
    """Whoever carries nothing any more has been idle from now on."""
    await tx.do("agents.idle", sorted(set(ids)), now)
