"""Wrap-up ends when the agent is ready, or by time."""

from datetime import datetime

from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Published
from contactcenter.record.finish import finish, finish_many
from contactcenter.record.held import hold, hold_many, owned_by
from contactcenter.record.load import lock_agents, released
from contactcenter.record.timers import Rings, still_due
from contactcenter.record.work import save


async def finish_wrap_up(tx: Tx, agent: int, item_id: int, now: datetime) -> None:
    """The agent is ready before the time is over."""
    held = await hold(tx, item_id)
    owned_by(held, agent, "wrapup")
    await lock_agents(tx, [agent])
    await save(tx, [(held.item, await finish(tx, held, "resolved", now))], now)
    await released(tx, [agent], now)


async def wrap_up_ended(tx: Tx, rings: Rings, _book: Published, now: datetime) -> None:
    """A timer's effect: the time is over for those who are still in wrap-up."""
    held = [h for h in (await hold_many(tx, rings)).values() if h.item.state == "wrapup"]
    await lock_agents(tx, [h.item.agent_id for h in held if h.item.agent_id])
    due = await still_due(tx, "wrapup_end", rings)
    over = [h for h in held if h.item.id in due]
    finished = await finish_many(tx, [(h, None) for h in over], "resolved", now)
    await save(tx, list(zip([h.item for h in over], finished, strict=True)), now)
    await released(tx, [h.item.agent_id for h in over if h.item.agent_id], now)
