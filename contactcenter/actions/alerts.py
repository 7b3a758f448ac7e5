"""People acknowledge alerts; one that nobody acknowledges climbs."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.rulebook import Published
from contactcenter.record.audit import audit
from contactcenter.record.timers import Rings, still_due
from contactcenter.words import AlertTo

NEXT: Mapping[AlertTo, AlertTo] = {"agent": "supervisor", "supervisor": "administrator"}
"""Whom an alert is for when it has climbed; from administrators it goes nowhere."""


class _Acknowledged(msgspec.Struct, frozen=True):
    id: int
    agent: int | None


class _Held(msgspec.Struct, frozen=True):
    id: int
    to: AlertTo
    acknowledged_at: datetime | None


async def acknowledge(
    tx: Tx, alert: int, person: int, by: Actor, now: datetime, *, only_of: int | None = None
) -> bool:
    """Say that this person looks after it; whether it was open.

    Raises `NotFound`, also where it was not raised for the agent `only_of`.
    """
    if not await tx.one(bool, "alerts.exists", alert, only_of):
        raise NotFound(f"There is no alert {alert}.")
    done = await tx.maybe(_Acknowledged, "alerts.acknowledge", alert, person, now)
    if done is None:
        return False
    tx.clear("alert_climb", alert)
    tx.emit(facts.AlertAcknowledged(at=now, alert=alert, by=person, agent=done.agent))
    await audit(tx, by, "alert.acknowledge", "alert", alert, now)
    return True


async def alert_climbs(tx: Tx, rings: Rings, book: Published, now: datetime) -> None:
    """A timer's effect: nobody has acknowledged it in time."""
    held = await tx.many(_Held, "alerts.lock", list(rings))
    due = await still_due(tx, "alert_climb", rings)
    for alert in held:
        if alert.id not in due or alert.acknowledged_at or alert.to not in NEXT:
            continue
        to = NEXT[alert.to]
        await tx.do("alerts.climb", alert.id, to)
        tx.emit(facts.AlertClimbed(at=now, alert=alert.id, to=to))
        if to in NEXT:
            after = timedelta(seconds=book.rules.alerts.climb_after_s)
            tx.schedule("alert_climb", alert.id, now + after)
