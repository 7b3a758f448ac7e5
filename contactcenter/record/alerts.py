"""Alerts: something that a person has to look at, until somebody says that they do."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Alerts
from contactcenter.words import AlertKind, AlertTo, Urgency


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be looked at. `title`: a sentence; `values`: its figures, for pages.

    `agent`: whom it is for; none means the supervisors.
    """

    kind: AlertKind
    urgency: Urgency
    subject_kind: str
    subject: int
    title: str
    values: dict[str, Any] = {}
    agent: int | None = None


async def raise_alert(tx: Tx, notice: Notice, rules: Alerts, now: datetime) -> int | None:
    """Raise it; None where one of that kind about the same subject is open already."""
    to: AlertTo = "supervisor" if notice.agent is None else "agent"
    alert = await tx.maybe(
        int,
        "alerts.insert",
        notice.kind,
        notice.urgency,
        notice.subject_kind,
        notice.subject,
        notice.title,
        notice.values,
        to,
        notice.agent,
        now,
    )
    if alert is None:
        return None
    tx.schedule("alert_climb", alert, now + timedelta(seconds=rules.climb_after_s))
    about = {f: getattr(notice, f) for f in Notice.__struct_fields__}
    tx.emit(facts.AlertRaised(at=now, alert=alert, to=to, **about))
    return alert
