"""Which automations ran, on what, and why: for whoever answers for the rules."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from contactcenter.api.access import who
from contactcenter.api.paging import END, Limit, Place
from contactcenter.db.database import Database
from contactcenter.words import AutomationOutcome, Trigger

Number = Annotated[int | None, QueryParameter(ge=1, le=END)]
Named = Annotated[str | None, QueryParameter(max_length=64, pattern=r"^[^\x00]*$")]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """An automation that answered what had happened, by the rulebook's version of that time.

    `known`: what its condition asked about. `did`: each act, in a sentence. `why`: why it failed or
    was cut off. `depth`: how many automations led to it. `seq`: the fact's number in the log.
    """

    id: int
    seq: int
    automation: str
    rulebook_version: int
    trigger: Trigger
    customer: int
    conversation: int | None
    case: int | None
    lead: int | None
    order: int | None
    depth: int
    outcome: AutomationOutcome
    did: list[str]
    why: str
    known: dict[str, Any]
    at: datetime


class Runs(msgspec.Struct, frozen=True):
    """The newest first; `next` as `before` gives the next page."""

    items: list[Run]
    next: int | None


@get(
    "/v1/automations/runs",
    opt=who("supervisor", "administrator"),
    tags=["rules"],
    operation_id="ListAutomationRuns",
)
async def list_runs(
    database: NamedDependency[Database],
    conversation: Number = None,
    customer: Number = None,
    automation: Named = None,
    outcome: FromQuery[AutomationOutcome | None] = None,
    before: Place = END,
    limit: Limit = 50,
) -> Runs:
    """Automations that ran, failed or were cut off: of a conversation, a customer, by name."""
    args = conversation, customer, automation, outcome
    async with database.snapshot() as tx:
        found = await tx.many(Run, "automations.page_of_runs", before, limit + 1, *args)
    return Runs(found[:limit], found[limit - 1].id if len(found) > limit else None)


ROUTES = [list_runs]
