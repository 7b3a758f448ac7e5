"""An item that waits for the customer: dormant first, then reminded, then resolved."""

from datetime import datetime, timedelta

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.record.append import Draft, append_one
from contactcenter.record.finish import finish
from contactcenter.record.held import Held, hold_many
from contactcenter.record.load import lock_agents, released
from contactcenter.record.route import destination
from contactcenter.record.timers import Rings, still_due
from contactcenter.record.work import save


async def item_idle(tx: Tx, rings: Rings, book: Published, now: datetime) -> None:
    """A timer's effect. One timer serves all three steps: each sets it for the next.

    A customer who writes leaves the timer as it is; it finds, when it fires, that the turn began
    later, and is set for then.
    """
    held = await hold_many(tx, rings)
    waiting = [h for h in held.values() if h.item.state == "active"]
    await lock_agents(tx, [h.item.agent_id for h in waiting if h.item.agent_id])
    due = await still_due(tx, "item_idle", rings)
    for one in waiting:
        if one.item.id in due and one.item.waiting_for == "customer":
            await _step(tx, one, book, now)


async def _step(tx: Tx, held: Held, book: Published, now: datetime) -> None:
    rules, item = book.rules.record, held.item
    waited = now - item.waiting_since
    if waited >= timedelta(seconds=rules.resolve_after_s):
        done = await finish(tx, held, "unanswered", now, book.rules.dispositions.automatic)
        await save(tx, [(item, done)], now)
        if item.agent_id:
            await released(tx, [item.agent_id], now)
        return
    if waited >= timedelta(seconds=rules.dormant_after_s):
        item = await _rest(tx, held, item, rules.dormant_weight, now)
    if waited >= timedelta(seconds=rules.remind_after_s) and item.reminded_at is None:
        item = await _remind(tx, held, item, rules.remind_text, now)
    steps = (rules.dormant_after_s, rules.remind_after_s, rules.resolve_after_s)
    due = (item.waiting_since + timedelta(seconds=s) for s in steps)
    tx.schedule("item_idle", item.id, min(d for d in due if d > now))


async def _rest(tx: Tx, held: Held, item: WorkItem, weight: int, now: datetime) -> WorkItem:
    if item.dormant or weight >= item.full_weight or item.agent_id is None:
        return item
    dormant = item.replace(weight=weight)
    await save(tx, [(item, dormant)], now)
    tx.emit(
        facts.ItemWeighed(
            at=now, **item.about(held.bot), agent=item.agent_id, weight=weight, dormant=True
        )
    )
    return dormant


async def _remind(tx: Tx, held: Held, item: WorkItem, text: str, now: datetime) -> WorkItem:
    """The reminder is ours, but it answers nobody: the fence and the turn stay as they were."""
    reminded = item.replace(reminded_at=now)
    await save(tx, [(item, reminded)], now)
    try:
        way = await destination(tx, held.conversation, None)
    except Conflict:
        return reminded
    draft = Draft(
        kind="reminder",
        direction="outbound",
        channel=way.channel,
        connection_id=way.connection_id,
        identity_id=way.identity_id,
        author_kind="system",
        text=text,
        delivery=way.delivery,
        via=way.key_id,
        occurred_at=now,
    )
    await append_one(tx, held.conversation, item, draft, now)
    return reminded
