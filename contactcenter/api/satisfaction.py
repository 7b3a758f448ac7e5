"""How content customers are: they say it once for each matter, supervisors read it."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from contactcenter.actions.rate import Rating, rate
from contactcenter.api.access import Caller, Limit, who
from contactcenter.api.paging import END, Place
from contactcenter.api.paging import Limit as PageLimit
from contactcenter.api.problems import refuses
from contactcenter.api.visitor_words import of_page
from contactcenter.db.database import Database
from contactcenter.live.past import read_identities
from contactcenter.model.rulebook import Published
from contactcenter.record.satisfaction import Answer, Answers, OfQueue

SUPERVISORS = who("supervisor", "administrator")
DAYS_MAX = 3_660

Queue = Annotated[str | None, QueryParameter(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
Score = Annotated[int | None, QueryParameter(ge=1, le=5)]
Days = Annotated[int, QueryParameter(ge=1, le=DAYS_MAX)]

_ANSWERS = Limit("visitor-satisfaction", per_minute=30, burst=10)


class ByQueue(msgspec.Struct, frozen=True):
    """Each queue about which something was said, and since when it was counted."""

    since: datetime
    queues: list[OfQueue]


@post(
    "/v1/visitor/satisfaction",
    opt=who("customer", limit=_ANSWERS)
    | refuses("403 origin", "404 not-found", "409 not-asked", "409 answered-already"),
    status_code=204,
    tags=["visitor"],
    operation_id="RateVisitorConversation",
)
async def rate_conversation(
    request: Request[Any, Any, Any],
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    data: JSONBody[Rating],
) -> None:
    """Say how content you are with what was done, once. The same again is taken as said."""
    visitor = of_page(request, caller)
    async with database.snapshot() as tx:
        identities = await read_identities(tx, visitor)
    rules = book.rules.satisfaction
    await database.run(lambda tx: rate(tx, identities, data, rules, now))


@get("/v1/satisfaction", opt=SUPERVISORS, tags=["satisfaction"], operation_id="ReadSatisfaction")
async def by_queue(
    database: NamedDependency[Database], now: NamedDependency[datetime], days: Days = 30
) -> ByQueue:
    """The last days in numbers, by queue. `/v1/satisfaction/answers` has what they are made of."""
    since = now - timedelta(days=days)
    async with database.snapshot() as tx:
        return ByQueue(since, await tx.many(OfQueue, "satisfaction.by_queue", since, now))


@get(
    "/v1/satisfaction/answers",
    opt=SUPERVISORS,
    tags=["satisfaction"],
    operation_id="ReadSatisfactionAnswers",
)
async def answers(
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
    queue: Queue = None,
    score: Score = None,
    days: Days = 30,
    before: Place = END,
    limit: PageLimit = 50,
) -> Answers:
    """What customers have said in the last days, newest work first; of a queue, with a score.

    `next` is the `before` of the following page.
    """
    args = before, now - timedelta(days=days), now, queue, score, limit + 1
    async with database.snapshot() as tx:
        rows = await tx.many(Answer, "satisfaction.answers", *args)
    return Answers(rows[:limit], rows[limit - 1].item if len(rows) > limit else None)


ROUTES = [rate_conversation, by_queue, answers]
