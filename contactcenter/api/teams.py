"""Teams: who is with whom, and who leads them."""

from datetime import datetime

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.teams import (
    MembersChange,
    MembersChanged,
    NewTeam,
    TeamChange,
    change_members,
    change_team,
    create_team,
)
from contactcenter.api.access import Actor, who
from contactcenter.api.paging import Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.errors import NotFound
from contactcenter.record.teams import Team

_REFUSALS = ("409 team-name-taken", "422 cannot-lead")


class ShownTeam(Team, frozen=True, kw_only=True):
    """A team; `members`: how many agents are in it."""

    lead_name: str | None
    members: int


class Teams(msgspec.Struct, frozen=True):
    """In the order in which they were made; `next` as `after` gives the next page."""

    items: list[ShownTeam]
    next: int | None


@get("/v1/teams", opt=who("supervisor", "administrator"), tags=["teams"], operation_id="ReadTeams")
async def read_teams(
    database: NamedDependency[Database], after: Place = 0, limit: Limit = 50
) -> Teams:
    """All teams, also those that are archived. Who is in one: `ReadPeople` with `team`."""
    async with database.snapshot() as tx:
        found = await tx.many(ShownTeam, "teams.page", after, limit + 1)
    return Teams(found[:limit], found[limit - 1].id if len(found) > limit else None)


@post(
    "/v1/teams",
    opt=who("administrator") | refuses(*_REFUSALS),
    tags=["teams"],
    operation_id="CreateTeam",
)
async def post_team(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[NewTeam],
) -> Team:
    """Make a team, without members at first. A supervisor or administrator leads it."""
    return await database.run(lambda tx: create_team(tx, data, actor, now))


@get(
    "/v1/teams/{team:int}",
    opt=who("supervisor", "administrator"),
    tags=["teams"],
    operation_id="ReadTeam",
)
async def read_team(database: NamedDependency[Database], team: Id) -> ShownTeam:
    """One team."""
    async with database.snapshot() as tx:
        found = await tx.maybe(ShownTeam, "teams.one", team)
    if found is None:
        raise NotFound(f"There is no team {team}.")
    return found


@patch(
    "/v1/teams/{team:int}",
    opt=who("administrator") | refuses(*_REFUSALS, "409 team-not-empty"),
    tags=["teams"],
    operation_id="ChangeTeam",
)
async def patch_team(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    team: Id,
    data: JSONBody[TeamChange],
) -> Team:
    """Rename a team, give it another lead, archive it or bring it back.

    Only a team without members is archived (409, `team-not-empty`).
    """
    return await database.run(lambda tx: change_team(tx, team, data, actor, now))


@post(
    "/v1/teams/{team:int}/members",
    opt=who("administrator") | refuses("409 team-archived", "422 unknown-agent"),
    status_code=200,
    tags=["teams"],
    operation_id="ChangeMembers",
)
async def post_members(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    team: Id,
    data: JSONBody[MembersChange],
) -> MembersChanged:
    """Let agents join and leave. The answer names who really did: asked again, it is nobody."""
    return await database.run(lambda tx: change_members(tx, team, data, actor, now))


ROUTES = [read_teams, post_team, read_team, patch_team, post_members]
