"""Forget what need not be kept: old answers and facts, what arrived, and who never said a word.

What is found by an index is taken oldest first (`forget`). For the rest an index would cost each
writer more than it saves here: those tables are walked in the order of their keys, a portion in a
transaction, and what is over is left out (`SWEEPS`).
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from contactcenter.db.tx import Tx

ANSWERS_KEPT = timedelta(hours=24)
"""How long a command's id gets the same answer again."""

SESSIONS_KEPT = timedelta(days=30)
"""How long a sign-in or a visitor's session that is over can still be looked up."""

KEYS_KEPT = timedelta(days=30)
"""How long the same key gives the same interaction again; what bots and visitors are promised."""

DELIVERED_KEPT = timedelta(days=14)
"""How long a webhook event can be looked up once it has arrived."""

PARKED_KEPT = timedelta(days=90)
"""How long one that was given up can be sent again, from when it was to be sent."""

DRAFTS_KEPT = timedelta(days=30)
"""How long what somebody has begun to write is kept."""

FILES_KEPT = timedelta(hours=25)
"""How long a file that is not sent is kept: longer than it may still be sent."""

ROWS_MAX = 5_000
"""Rows of each kind in one transaction: whoever waits for it waits shortly."""


class Place(msgspec.Struct, frozen=True):
    """Behind which key of a table a sweep goes on."""

    number: int = 0
    key: str = ""


Sweep = Callable[[Tx, Place, datetime], Awaitable[Place | None]]
"""Passes one portion, and returns where the next begins; None at the end of the table."""


class _Key(msgspec.Struct, frozen=True):
    connection_id: int
    key: str
    over: bool


class _Event(msgspec.Struct, frozen=True):
    id: int
    over: bool


class _Visit(msgspec.Struct, frozen=True):
    id: int
    scope: str
    value: str
    anonymous: bool
    over: bool


class _Visitor(msgspec.Struct, frozen=True):
    scope: str
    value: str
    customer_id: int


async def forget(tx: Tx, log_kept: timedelta, now: datetime) -> int:
    """One portion of each kind; returns how many rows the largest portion had.

    The log is never cut beyond the place of a reader with effects, however far behind it is.
    """
    counts = [
        await tx.one(int, "forgetting.commands", now - ANSWERS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.links", now - SESSIONS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.sessions", now - SESSIONS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.drafts", now - DRAFTS_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.files", now - FILES_KEPT, ROWS_MAX),
        await tx.one(int, "forgetting.log", now - log_kept, ROWS_MAX),
    ]
    return max(counts)


async def sweep_keys(tx: Tx, place: Place, now: datetime) -> Place | None:
    """Keys of interactions that were received long ago."""
    args = place.number, place.key, now - KEYS_KEPT, ROWS_MAX
    keys = await tx.many(_Key, "forgetting.keys_after", *args)
    if over := [k for k in keys if k.over]:
        await tx.do("interactions.unclaim", [k.connection_id for k in over], [k.key for k in over])
    return Place(keys[-1].connection_id, keys[-1].key) if len(keys) == ROWS_MAX else None


async def sweep_events(tx: Tx, place: Place, now: datetime) -> Place | None:
    """Webhook events that arrived, or were given up, long ago; never one that is pending.

    Their streams stay, and with them the numbers: what comes later is numbered on, and a gap is
    told from what has arrived.
    """
    args = place.number, now - DELIVERED_KEPT, now - PARKED_KEPT, ROWS_MAX
    events = await tx.many(_Event, "forgetting.events_after", *args)
    if over := [e.id for e in events if e.over]:
        await tx.do("forgetting.events", over)
    return Place(events[-1].id) if len(events) == ROWS_MAX else None


async def sweep_visits(tx: Tx, place: Place, now: datetime) -> Place | None:
    """Visitors' sessions that were over long ago, with the customers who were nothing else."""
    args = place.number, now - SESSIONS_KEPT, ROWS_MAX
    visits = await tx.many(_Visit, "forgetting.visits_after", *args)
    if over := [v for v in visits if v.over]:
        busy = await _forget_silent(tx, [v for v in over if v.anonymous])
        await tx.do("forgetting.visits", [v.id for v in over if (v.scope, v.value) not in busy])
    return Place(visits[-1].id) if len(visits) == ROWS_MAX else None


SWEEPS: Sequence[Sweep] = (sweep_keys, sweep_events, sweep_visits)


async def _forget_silent(tx: Tx, visits: Sequence[_Visit]) -> set[tuple[str, str]]:
    """Returns the visitors whose customers somebody works on: they are left to the next sweep."""
    visitors = await tx.many(
        _Visitor, "forgetting.visitors", [v.scope for v in visits], [v.value for v in visits]
    )
    customers = {v.customer_id for v in visitors}
    locked = await tx.many(int, "forgetting.lock_customers", sorted(customers))
    if silent := await tx.many(int, "forgetting.silent", locked):
        await tx.do("forgetting.identities", silent)
        await tx.do("forgetting.customers", silent)
    return {(v.scope, v.value) for v in visitors if v.customer_id in customers - {*locked}}
