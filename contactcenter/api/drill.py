"""What is behind the board's numbers: the rules they are counted by, the items, the last hours."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from contactcenter.api.access import who
from contactcenter.api.paging import END, Limit
from contactcenter.db.database import Database
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.words import ItemKind, ItemState, WaitingFor, WaitOutcome

WHO = who("supervisor", "administrator")
MEANS = "answered within the target, of all answered or abandoned today"
STEP = timedelta(minutes=15)
STEP_LONG = timedelta(hours=1)
HOURS_SHORT = 6
"""Up to so many hours are shown in the shorter steps: a chart has 24 points at most."""

Shown = Literal["waiting", "offered", "bot", "owned"]
STATES: dict[Shown, tuple[ItemState, ...]] = {
    "waiting": ("queued", "offered"),
    "offered": ("offered",),
    "bot": ("bot",),
    "owned": ("active", "wrapup"),
}

Named = Annotated[str | None, QueryParameter(max_length=64, pattern=r"^[^\x00]*$")]
Number = Annotated[int | None, QueryParameter(ge=1, le=END)]
Hours = Annotated[int, QueryParameter(ge=1, le=24)]
Second = Annotated[int | None, QueryParameter(ge=0, le=253_402_300_799)]
Passed = Annotated[int, QueryParameter(ge=0, le=1_000_000)]


class QueueRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue is measured by: `service_level` of all answered within `target_s`.

    `requirement`: the least levels of skills that its work asks for.
    """

    queue: str
    label: str
    target_s: int
    service_level: float
    requirement: dict[str, int]


class BoardRules(msgspec.Struct, frozen=True, kw_only=True):
    """What boards count by, and what people may be given. `skills`: those that work asks for."""

    version: int
    timezone: str
    service_level_means: str
    queues: list[QueueRules]
    channels: list[str]
    skills: list[str]


class LiveWork(msgspec.Struct, frozen=True, kw_only=True):
    """An item that has not ended, and of its subject the id of that `kind`.

    `excerpt`: the customer's last words, shortened, the case's subject or the lead's product.
    """

    item: int
    state: ItemState
    queue: str
    channel: str
    kind: ItemKind
    conversation: int | None
    case: int | None
    lead: int | None
    customer: int
    customer_name: str | None
    tier: str | None
    value: int
    enqueued_at: datetime
    waiting_for: WaitingFor
    waiting_since: datetime
    weight: int
    agent: int | None
    offered_to: int | None
    excerpt: str


class LiveWorks(msgspec.Struct, frozen=True):
    """Whoever waits longest first; `next` as `after` gives the next page."""

    items: list[LiveWork]
    next: int | None


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """A wait in a queue that has ended. `agent`: who accepted it; none where it was assigned."""

    item: int
    epoch: int
    queue: str
    channel: str
    kind: ItemKind
    conversation: int | None
    case: int | None
    lead: int | None
    customer: int
    customer_name: str | None
    outcome: WaitOutcome
    within: bool
    enqueued_at: datetime
    ended_at: datetime
    agent: int | None


class Waits(msgspec.Struct, frozen=True):
    """Newest first; for the following page ask with `next` as `after`, and the same times."""

    since: int
    until: int
    items: list[Wait]
    next: int | None


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What ended in one queue in the step that begins at `at`; `waited_s`: all of it together."""

    queue: str
    at: datetime
    answered: int
    answered_within: int
    abandoned: int
    longest_wait_s: float
    waited_s: float


class Trend(msgspec.Struct, frozen=True):
    """Steps of `step_s` from `since` on; one in which nothing ended has no point."""

    since: datetime
    until: datetime
    step_s: int
    points: list[Point]


@get("/v1/board/rules", opt=WHO, tags=["supervision"], operation_id="ReadBoardRules")
async def rules(book: NamedDependency[Published]) -> BoardRules:
    """Queues with their targets, channels and skills, as the rulebook in force has them."""
    named = book.rules
    return BoardRules(
        version=book.version,
        timezone=named.organisation.timezone,
        service_level_means=MEANS,
        queues=[
            QueueRules(
                queue=n,
                label=q.label,
                target_s=q.target_s,
                service_level=q.service_level,
                requirement=q.requirement,
            )
            for n, q in named.queues.items()
        ],
        channels=list(named.channels),
        skills=_skills(named),
    )


@get("/v1/board/items", opt=WHO, tags=["supervision"], operation_id="ListBoardItems")
async def items(
    database: NamedDependency[Database],
    which: Annotated[Shown, QueryParameter(name="state")] = "waiting",
    queue: Named = None,
    channel: Named = None,
    agent: Number = None,
    team: Number = None,
    after: Passed = 0,
    limit: Limit = 50,
) -> LiveWorks:
    """The items behind a number of the board: those that wait, are offered, with bots, or owned.

    `agent`: who has them, or is offered them; `team`: whose agents. In the order of their waiting.
    """
    states = STATES[which]
    async with database.snapshot() as tx:
        found = await tx.many(
            LiveWork, "boards.behind", states, queue, channel, agent, team, after, limit + 1
        )
    return LiveWorks(found[:limit], after + limit if len(found) > limit else None)


@get("/v1/board/waits", opt=WHO, tags=["supervision"], operation_id="ListBoardWaits")
async def waits(  # noqa: PLR0913, PLR0917 -- the ways in which a number is narrowed down
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    since: Second = None,
    until: Second = None,
    queue: Named = None,
    channel: Named = None,
    outcome: FromQuery[WaitOutcome | None] = None,
    within: FromQuery[bool | None] = None,
    after: Passed = 0,
    limit: Limit = 50,
) -> Waits:
    """The waits that ended: what answered, abandoned, service level and trend are counted from.

    `since` and `until` are seconds since 1970; without them, today in the organisation's time zone.
    """
    begin = _day(book.rules, now) if since is None else datetime.fromtimestamp(since, UTC)
    end = datetime.fromtimestamp(int(now.timestamp()) + 1 if until is None else until, UTC)
    async with database.snapshot() as tx:
        found = await tx.many(
            Wait, "boards.waits", begin, end, queue, channel, outcome, within, after, limit + 1
        )
    following = after + limit if len(found) > limit else None
    return Waits(int(begin.timestamp()), int(end.timestamp()), found[:limit], following)


@get("/v1/board/trend", opt=WHO, tags=["supervision"], operation_id="ReadTrend")
async def trend(
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    hours: Hours = 4,
    channel: Named = None,
) -> Trend:
    """The last hours per queue in steps of 15 minutes, beyond 6 hours of one hour.

    Each point is counted from the waits that `ListBoardWaits` gives for the same queue and times.
    """
    step = STEP if hours <= HOURS_SHORT else STEP_LONG
    day = _day(book.rules, now)
    since = day + (now - timedelta(hours=hours) - day) // step * step
    async with database.snapshot() as tx:
        points = await tx.many(Point, "boards.trend", step, day, since, now, channel)
    return Trend(since, now, int(step.total_seconds()), points)


def _day(named: Rulebook, now: datetime) -> datetime:
    """When today began, in the organisation's time zone."""
    there = now.astimezone(ZoneInfo(named.organisation.timezone))
    return there.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def _skills(named: Rulebook) -> list[str]:
    asked = (*named.queues.values(), *named.intents.values())
    return sorted({skill for one in asked for skill in one.requirement})


ROUTES = [rules, items, waits, trend]
