"""An item that waits for the customer: dormant first, then reminded, then resolved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.rulebook import Published, RecordRules
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
    every = await hold_many(tx, rings)
    waiting = [h for h in every.values() if h.item.state == "active"]
    await lock_agents(tx, [h.item.agent_id for h in waiting if h.item.agent_id])
    due = await still_due(tx, "item_idle", rings)
    idle = [h for h in waiting if h.item.id in due and h.item.waiting_for == "customer"]
    resolve_after = timedelta(seconds=book.rules.record.resolve_after_s)
    going_on: list[Held] = []
    for held in idle:
        if now - held.item.waiting_since >= resolve_after:
            await _resolve(tx, held, book, now)
        else:
            going_on.append(held)
    rested = await _rest(tx, going_on, book.rules.record, now)
    for held in going_on:
        await _remind_in_time(tx, held, rested.get(held.item.id, held.item), book, now)


async def _resolve(tx: Tx, held: Held, book: Published, now: datetime) -> None:
    item = held.item
    done = await finish(tx, held, "unanswered", now, book.rules.dispositions.automatic)
    await save(tx, [(item, done)], now)
    if item.agent_id:
        await released(tx, [item.agent_id], now)


async def _rest(
    tx: Tx, idle: Sequence[Held], rules: RecordRules, now: datetime
) -> dict[int, WorkItem]:
    """Those that have become dormant, by their ids: they weigh less on their agents."""
    after = timedelta(seconds=rules.dormant_after_s)
    changes = [
        (h.item, h.item.replace(weight=rules.dormant_weight))
        for h in idle
        if now - h.item.waiting_since >= after
        and h.item.agent_id
        and not h.item.dormant
        and rules.dormant_weight < h.item.full_weight
    ]
    await save(tx, changes, now)
    bots = {h.item.id: h.bot for h in idle}
    for before, item in changes:
        assert before.agent_id
        tx.emit(
            facts.ItemWeighed(
                at=now,
                **item.about(bots[item.id]),
                agent=before.agent_id,
                weight=item.weight,
                dormant=True,
            )
        )
    return {item.id: item for _, item in changes}


async def _remind_in_time(
    tx: Tx, held: Held, item: WorkItem, book: Published, now: datetime
) -> None:
    rules = book.rules.record
    if now - item.waiting_since >= timedelta(seconds=rules.remind_after_s) and not item.reminded_at:
        item = await _remind(tx, held, item, rules.remind_text, now)
    steps = (rules.dormant_after_s, rules.remind_after_s, rules.resolve_after_s)
    due = (item.waiting_since + timedelta(seconds=s) for s in steps)
    tx.schedule("item_idle", item.id, min(d for d in due if d > now))


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
