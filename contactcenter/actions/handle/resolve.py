"""An agent resolves the work: wrap-up first where the queue grants it, then done."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Refusal
from contactcenter.model.rulebook import Published
from contactcenter.record.finish import finish_many
from contactcenter.record.held import Held, Work, no_item, owned_by
from contactcenter.record.load import released
from contactcenter.record.work import Change


class Resolve(msgspec.Struct, frozen=True):
    """End the contact under a disposition code."""

    agent: int
    item: int
    disposition: str


class Resolved(msgspec.Struct, frozen=True):
    """`wrap_up_until`: when the wrap-up ends by itself; None when the item is done."""

    item: int
    wrap_up_until: datetime | None


async def resolve(
    tx: Tx, asked: Mapping[int, Resolve], work: Work, book: Published, now: datetime
) -> dict[int, tuple[Resolved, Change] | Refusal]:
    """End the contacts; the caller saves the changes.

    Refused: `BadInput` for a disposition that the rulebook does not have, `Conflict`
    (`not-yours`) unless this agent has the item active.
    """
    outcomes: dict[int, tuple[Resolved, Change] | Refusal] = {}
    ending: dict[int, Held] = {}
    for number, command in asked.items():
        try:
            held = _check(command, work, book)
        except Refusal as refusal:
            outcomes[number] = refusal
            continue
        queue = book.rules.queues.get(held.item.queue)
        if queue and queue.wrap_up_s:
            until = now + timedelta(seconds=queue.wrap_up_s)
            outcomes[number] = _wrap_up(tx, command, held, until, now)
        else:
            ending[number] = held
    if ending:
        with_dispositions = [(held, asked[n].disposition) for n, held in ending.items()]
        finished = await finish_many(tx, with_dispositions, "resolved", now)
        await released(tx, [asked[n].agent for n in ending], now)
        for (number, held), done in zip(ending.items(), finished, strict=True):
            outcomes[number] = Resolved(done.id, None), (held.item, done)
    return outcomes


def _check(command: Resolve, work: Work, book: Published) -> Held:
    codes = book.rules.dispositions.codes
    if command.disposition not in codes:
        detail = f"A disposition is one of these: {', '.join(codes)}."
        raise BadInput(detail, pointer="/disposition")
    held = work.items.get(command.item)
    if held is None:
        raise no_item(command.item)
    owned_by(held, command.agent, "active")
    assert held.conversation, "of a case or a lead it raises"
    return held


def _wrap_up(
    tx: Tx, command: Resolve, held: Held, until: datetime, now: datetime
) -> tuple[Resolved, Change]:
    item, disposition = held.item, command.disposition
    tx.clear("item_idle", item.id)
    tx.schedule("wrapup_end", item.id, until)
    tx.emit(
        facts.ItemWrapUp(
            at=now,
            **item.about(held.bot),
            agent=command.agent,
            until=until,
            disposition=disposition,
        )
    )
    return Resolved(item.id, until), (
        item,
        item.replace(state="wrapup", disposition=disposition),
    )
