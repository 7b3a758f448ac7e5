"""Events for bots on their way: recorded from the log, claimed under a lease, settled."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.webhook_event import Event, Identity, events, identities
from contactcenter.model.webhook_sending import Outcome, Sending
from contactcenter.record.webhook_events import record_events
from contactcenter.words import Delivery

FACTS_MAX = 1000
"""How many facts one transaction passes."""

LEASE = timedelta(seconds=60)
"""How long a process has for one attempt, and for saying how it went."""

LEFT_TO_LATER = timedelta(minutes=5)
"""How long a fact about a bot that this version cannot read is left to a process that can."""


class Progress(msgspec.Struct, frozen=True):
    """How far the reader has come. `more`: the log goes on there."""

    position: int
    events: int
    more: bool


class _Page(msgspec.Struct, frozen=True):
    last: int
    facts: int


class _LogRow(msgspec.Struct, frozen=True):
    seq: int
    at: datetime
    fact: Any


class _Delivery(msgspec.Struct, frozen=True):
    conversation_id: int
    identity_id: int
    number: int
    delivery: Delivery
    bot_id: int | None
    agents: list[int]


async def record(tx: Tx, now: datetime) -> Progress | None:
    """Make events of the next facts, and move the cursor past them. None: another process does.

    Events go to keys that have a webhook and are not revoked; others are passed over for good.
    """
    position = await tx.maybe(int, "webhooks.lock_cursor")
    if position is None:
        return None
    page = await tx.one(_Page, "webhooks.page_end", position, FACTS_MAX)
    if page.facts == 0:
        return Progress(position, 0, more=False)
    told, last = _known(
        await tx.many(_LogRow, "webhooks.page", position, page.last), page.last, now
    )
    made = await _events(tx, told)
    if made:
        await record_events(tx, made, now)
    await tx.do("webhooks.move_cursor", last)
    return Progress(last, len(made), more=last == page.last and page.facts == FACTS_MAX)


async def claim(
    tx: Tx, now: datetime, total: int, per_key: int, rooms: Mapping[int, int]
) -> list[Sending]:
    """The due heads, oldest first, ours until the lease ends: at most `total`.

    Of each key at most `per_key`, or what `rooms` has for it.
    """
    return await tx.many(
        Sending,
        "webhooks.claim",
        now,
        now + LEASE,
        total,
        per_key,
        list(rooms.keys()),
        list(rooms.values()),
    )


async def settle(tx: Tx, outcomes: Sequence[Outcome]) -> list[bool | Exception]:
    """Write what became of claimed events, at most one of each stream.

    False for one whose lease had ended and was taken by another: that one's outcome counts.
    """
    delivering = [o for o in outcomes if o.state != "pending" and o.sending.interaction_id]
    conversations = {o.sending.conversation_id for o in delivering}
    await tx.do("webhooks.lock_conversations", sorted(conversations))
    leased = set(
        await tx.many(
            int,
            "webhooks.lock_leased",
            [o.sending.api_key_id for o in outcomes],
            [o.sending.conversation_id for o in outcomes],
            [o.sending.lease_until for o in outcomes],
        )
    )
    counts = [place in leased for place in range(1, len(outcomes) + 1)]
    ours = [o for o, ok in zip(outcomes, counts, strict=True) if ok]
    await _settle_events(tx, ours)
    await _settle_interactions(tx, [o for o in ours if o in delivering])
    for o in ours:
        if o.state == "parked":
            tx.emit(
                facts.WebhookParked(
                    at=o.at,
                    key=o.sending.api_key_id,
                    conversation=o.sending.conversation_id,
                    number=o.sending.number,
                    error=o.error or "",
                )
            )
    return list[bool | Exception](counts)


def _known(rows: Sequence[_LogRow], last: int, now: datetime) -> tuple[list[facts.Fact], int]:
    """The facts up to the first that is left to a later version, and where they end."""
    told: list[facts.Fact] = []
    for row in rows:
        fact = facts.read(row.fact)
        if not isinstance(fact, facts.Unknown):
            told.append(fact)
        elif row.at > now - LEFT_TO_LATER:
            return told, row.seq - 1
    return told, last


async def _events(tx: Tx, told: Sequence[facts.Fact]) -> list[Event]:
    if not told:
        return []
    named = identities(told)
    rows = await tx.many(Identity, "webhooks.identities", sorted(named)) if named else []
    known = {row.id: row for row in rows}
    made = [e for fact in told for e in events(fact, known)]
    keys = sorted({e.key for e in made})
    listening = set(await tx.many(int, "webhooks.listening", keys)) if keys else set[int]()
    return [e for e in made if e.key in listening]


async def _settle_events(tx: Tx, ours: Sequence[Outcome]) -> None:
    states = [o.state for o in ours]
    at = [o.at for o in ours]
    errors = [o.error for o in ours]
    await tx.do("webhooks.settle_events", [o.sending.id for o in ours], states, errors, at)
    await tx.do(
        "webhooks.settle_streams",
        [o.sending.api_key_id for o in ours],
        [o.sending.conversation_id for o in ours],
        [o.sending.number for o in ours],
        states,
        at,
        [o.due_at for o in ours],
    )


async def _settle_interactions(tx: Tx, ours: Sequence[Outcome]) -> None:
    """An interaction is accepted when its event has arrived, and failed when that was given up."""
    if not ours:
        return
    changed = await tx.many(
        _Delivery,
        "webhooks.settle_interactions",
        [o.sending.interaction_id for o in ours],
        [o.sending.api_key_id for o in ours],
        ["accepted" if o.state == "delivered" else "failed" for o in ours],
    )
    for c in changed:
        tx.emit(
            facts.DeliveryChanged(
                at=max(o.at for o in ours),
                conversation=c.conversation_id,
                identity_id=c.identity_id,
                up_to=c.number,
                delivery=c.delivery,
                agents=c.agents,
                bot=c.bot_id,
            )
        )
