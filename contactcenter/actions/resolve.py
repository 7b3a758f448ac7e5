"""The agent resolves the work: wrap-up first where the queue grants it, then done."""

from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput
from contactcenter.model.rulebook import Published
from contactcenter.record.finish import finish
from contactcenter.record.held import hold, hold_many, owned_by
from contactcenter.record.load import lock_agents, released
from contactcenter.record.timers import Rings, still_due
from contactcenter.record.work import save


class Resolved(msgspec.Struct, frozen=True):
    """`wrap_up_until`: when the wrap-up ends by itself; None when the item is done."""

    item: int
    wrap_up_until: datetime | None


async def resolve(
    tx: Tx, agent: int, item_id: int, disposition: str, book: Published, now: datetime
) -> Resolved:
    """End the contact under a disposition code. `Conflict` unless this agent has it active."""
    if disposition not in book.rules.dispositions.codes:
        known = ", ".join(book.rules.dispositions.codes)
        detail = f"A disposition is one of these: {known}."
        raise BadInput(detail, pointer="/disposition")
    held = await hold(tx, item_id)
    item = owned_by(held, agent, "active")
    await lock_agents(tx, [agent])
    queue = book.rules.queues.get(item.queue)
    wrap_up_s = queue.wrap_up_s if queue else 0
    if wrap_up_s == 0:
        await save(tx, [(item, await finish(tx, held, "resolved", now, disposition))])
        await released(tx, [agent], now)
        return Resolved(item_id, None)
    until = now + timedelta(seconds=wrap_up_s)
    await save(tx, [(item, item.replace(state="wrapup", disposition=disposition))])
    tx.clear("item_idle", item_id)
    tx.schedule("wrapup_end", item_id, until)
    tx.emit(
        facts.ItemWrapUp(
            at=now, **item.about(held.bot), agent=agent, until=until, disposition=disposition
        )
    )
    return Resolved(item_id, until)


async def finish_wrap_up(tx: Tx, agent: int, item_id: int, now: datetime) -> None:
    """The agent is ready before the time is over."""
    held = await hold(tx, item_id)
    owned_by(held, agent, "wrapup")
    await lock_agents(tx, [agent])
    await save(tx, [(held.item, await finish(tx, held, "resolved", now))])
    await released(tx, [agent], now)


async def wrap_up_ended(tx: Tx, rings: Rings, _book: Published, now: datetime) -> None:
    """A timer's effect: the time is over for those who are still in wrap-up."""
    held = [h for h in (await hold_many(tx, rings)).values() if h.item.state == "wrapup"]
    await lock_agents(tx, [h.item.agent_id for h in held if h.item.agent_id])
    due = await still_due(tx, "wrapup_end", rings)
    over = [h for h in held if h.item.id in due]
    await save(tx, [(h.item, await finish(tx, h, "resolved", now)) for h in over])
    await released(tx, [h.item.agent_id for h in over if h.item.agent_id], now)
