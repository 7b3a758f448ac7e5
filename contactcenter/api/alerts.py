"""Alerts that people acknowledge, and the timers that have failed too often."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from contactcenter.actions.alerts import acknowledge
from contactcenter.actions.retry_timer import retry_timer
from contactcenter.api.access import STAFF, Actor, Caller, who
from contactcenter.api.paging import Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.words import AlertKind, AlertTo, Urgency

PARKED_MAX = 200


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be looked at. `to`: whom it is for now; `agent`: for this one at first.

    `title` is English; `kind` and `values` say the same.
    """

    id: int
    kind: AlertKind
    urgency: Urgency
    subject_kind: str
    subject: int
    title: str
    values: dict[str, Any]
    to: AlertTo
    agent: int | None
    raised_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: int | None
    acknowledged_by_name: str | None


class AlertsPage(msgspec.Struct, frozen=True):
    """The newest first; `next` as `before` gives the next page."""

    items: list[Alert]
    next: int | None


class Acknowledged(msgspec.Struct, frozen=True):
    """`first`: false where somebody had acknowledged it already."""

    first: bool


class ParkedTimer(msgspec.Struct, frozen=True, kw_only=True):
    """A timer that has failed `attempts` times and fires no more until somebody lets it."""

    kind: str
    subject: int
    parked_at: datetime
    attempts: int
    last_error: str | None


class ParkedTimers(msgspec.Struct, frozen=True):
    """The longest parked first."""

    items: list[ParkedTimer]


@get(
    "/v1/alerts",
    opt=who("supervisor", "administrator"),
    tags=["alerts"],
    operation_id="ReadAlerts",
)
async def read_alerts(
    database: NamedDependency[Database],
    is_open: Annotated[
        bool | None,
        QueryParameter(name="open", description="Only those that are open, or that are not."),
    ] = None,
    before: Place = 0,
    limit: Limit = 50,
) -> AlertsPage:
    """All alerts, newest first. Boards show those that are open, live."""
    async with database.snapshot() as tx:
        found = await tx.many(Alert, "alerts.page", is_open, before, limit + 1)
    return AlertsPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


@post(
    "/v1/alerts/{alert:int}/acknowledge",
    opt=who(*STAFF) | refuses(),
    status_code=200,
    tags=["alerts"],
    operation_id="AcknowledgeAlert",
)
async def post_acknowledge(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    alert: Id,
) -> Acknowledged:
    """Say that you look after it: it does not go on to others, and boards show it no more.

    An agent acknowledges what was raised for them; any other is not found.
    """
    person = caller.person_id or 0
    only = person if caller.kind == "agent" else None
    done = await database.run(lambda tx: acknowledge(tx, alert, person, actor, now, only_of=only))
    return Acknowledged(first=done)


@get(
    "/v1/timers/parked",
    opt=who("supervisor", "administrator"),
    tags=["alerts"],
    operation_id="ReadParkedTimers",
)
async def read_parked(database: NamedDependency[Database]) -> ParkedTimers:
    """Timers that have failed too often, the longest parked first, at most 200."""
    async with database.snapshot() as tx:
        return ParkedTimers(await tx.many(ParkedTimer, "timers.parked", PARKED_MAX))


@post(
    "/v1/timers/{kind:str}/{subject:int}/retry",
    opt=who("administrator") | refuses(),
    status_code=204,
    tags=["alerts"],
    operation_id="RetryTimer",
)
async def post_retry(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    kind: Annotated[
        str, PathParameter(description="As in `ReadParkedTimers`.", pattern="^[a-z0-9_]{1,64}$")
    ],
    subject: Id,
) -> None:
    """Let a parked timer fire at once, when the reason of its failures is mended."""
    await database.run(lambda tx: retry_timer(tx, kind, subject, actor, now))


ROUTES = [read_alerts, post_acknowledge, read_parked, post_retry]
