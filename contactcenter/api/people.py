"""Administrators look after the people who work here, and staff see who their colleagues are."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from contactcenter.actions.passwords import make_link
from contactcenter.actions.people import (
    NewPerson,
    PersonChange,
    change_person,
    configure_agent,
    create_person,
)
from contactcenter.actions.sign_in import end_sessions
from contactcenter.api.access import STAFF, Actor, who
from contactcenter.api.auth import Sessions, sessions_of
from contactcenter.api.paging import END, Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.credential import digest, issue
from contactcenter.model.person import Abilities, Person
from contactcenter.model.rulebook import Published
from contactcenter.settings import Settings
from contactcenter.words import Presence, Role

OneId = Annotated[int | None, QueryParameter(ge=1, le=END)]
Whose = Annotated[int | None, QueryParameter(name="id", ge=1, le=END)]
Words = Annotated[str | None, QueryParameter(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class TeamName(msgspec.Struct, frozen=True):
    """A team that somebody is in."""

    id: int
    name: str


class ShownPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A person; `abilities` where they are, or once were, an agent, who may be in teams."""

    id: int
    login: str
    name: str
    role: Role
    disabled_at: datetime | None
    created_at: datetime
    abilities: Abilities | None
    teams: list[TeamName] = []


class People(msgspec.Struct, frozen=True):
    """In the order in which they came; ask again with `next` as `after` for the next page."""

    items: list[ShownPerson]
    next: int | None


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """An agent, as the others see them; a note names them by `@login`.

    `carries` and `capacity` are in units of channel weights.
    """

    id: int
    login: str
    name: str
    presence: Presence
    queues: list[str]
    skills: dict[str, int]
    carries: int
    capacity: int
    teams: list[str] = []


class Colleagues(msgspec.Struct, frozen=True):
    """Whoever is available first, then by name."""

    items: list[Colleague]


class Link(msgspec.Struct, frozen=True):
    """Shown once, to be handed to the person. `token` is what stands behind its `#`."""

    link: str
    token: str
    expires_at: datetime


@get("/v1/people", opt=who("administrator"), tags=["people"], operation_id="ReadPeople")
async def read_people(
    database: NamedDependency[Database], team: OneId = None, after: Place = 0, limit: Limit = 50
) -> People:
    """All who work here, also those who are disabled; or those in one team."""
    async with database.snapshot() as tx:
        rows = await tx.many(_Row, "people.page", after, team, limit + 1)
        items = await _shown(tx, rows[:limit])
    return People(items, items[-1].id if len(rows) > limit else None)


@get("/v1/colleagues", opt=who(*STAFF), tags=["people"], operation_id="ReadColleagues")
async def read_colleagues(
    database: NamedDependency[Database], q: Words = None, person: Whose = None, limit: Limit = 50
) -> Colleagues:
    """Agents, to transfer work to or to name in a note: all, or whose name or login holds `q`.

    No more than `limit`. By `id` one alone, to say how they are called.
    """
    async with database.snapshot() as tx:
        return Colleagues(await tx.many(Colleague, "people.colleagues", q or "", limit, person))


@post(
    "/v1/people",
    opt=who("administrator") | refuses("409 login-taken"),
    tags=["people"],
    operation_id="CreatePerson",
)
async def post_person(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[NewPerson],
) -> Person:
    """Add a person. They sign in once they have set a password by a link: make that next."""
    return await database.run(lambda tx: create_person(tx, data, actor, now))


@get(
    "/v1/people/{person:int}", opt=who("administrator"), tags=["people"], operation_id="ReadPerson"
)
async def read_person(database: NamedDependency[Database], person: Id) -> ShownPerson:
    """One person, with what they can do as an agent."""
    async with database.snapshot() as tx:
        rows = await tx.many(_Row, "people.one", person)
        shown = await _shown(tx, rows)
    if not shown:
        raise NotFound(f"There is no person {person}.")
    return shown[0]


@patch(
    "/v1/people/{person:int}",
    opt=who("administrator") | refuses("409 last-administrator"),
    tags=["people"],
    operation_id="ChangePerson",
)
async def patch_person(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    person: Id,
    data: JSONBody[PersonChange],
) -> Person:
    """Rename a person, give them another role, disable or enable them.

    With another role, or disabled, they are signed out everywhere. The last administrator stays
    one (409, `last-administrator`).
    """
    return await database.run(lambda tx: change_person(tx, person, data, actor, now))


@put(
    "/v1/people/{person:int}/abilities",
    opt=who("administrator") | refuses("422 unknown-queue", "422 unknown-channel"),
    tags=["people"],
    operation_id="ConfigureAgent",
)
async def put_abilities(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    person: Id,
    data: JSONBody[Abilities],
) -> Abilities:
    """Say what an agent can do: skills and levels, queues, capacity and ceilings. In force at once.

    Queues and channels are those of the rulebook (422, `unknown-queue`, `unknown-channel`).
    """
    return await database.run(lambda tx: configure_agent(tx, person, data, book.rules, actor, now))


@post(
    "/v1/people/{person:int}/password-link",
    opt=who("administrator") | refuses("409 person-disabled"),
    tags=["people"],
    operation_id="MakePasswordLink",
)
async def post_link(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    person: Id,
) -> Link:
    """Make a link by which the person sets a new password: once, within 24 hours.

    It is shown only now. An earlier link of theirs does not work any more.
    """
    token = issue("ccr_")
    expires_at = await database.run(lambda tx: make_link(tx, person, digest(token), actor, now))
    return Link(f"{settings.origin}/set-password#{token}", token, expires_at)


@get(
    "/v1/people/{person:int}/sessions",
    opt=who("administrator"),
    tags=["people"],
    operation_id="ReadSessionsOfPerson",
)
async def read_sessions(
    database: NamedDependency[Database],
    now: NamedDependency[datetime],
    person: Id,
    after: Place = END,
    limit: Limit = 50,
) -> Sessions:
    """The person's sessions that have not ended, newest first."""
    return await sessions_of(database, person, None, now, after, limit)


@delete(
    "/v1/people/{person:int}/sessions",
    opt=who("administrator"),
    tags=["people"],
    operation_id="EndSessionsOfPerson",
)
async def delete_sessions(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    person: Id,
) -> None:
    """Sign a person out everywhere; their sockets close."""
    await database.run(lambda tx: end_sessions(tx, person, actor, now))


class _Row(Person, frozen=True, kw_only=True):
    skills: dict[str, int] | None
    queues: list[str] | None
    capacity: int | None
    ceilings: dict[str, int] | None


class _InTeam(msgspec.Struct, frozen=True):
    person: int
    id: int
    name: str


async def _shown(tx: Tx, rows: list[_Row]) -> list[ShownPerson]:
    teams: dict[int, list[TeamName]] = {}
    for one in await tx.many(_InTeam, "teams.of_people", [row.id for row in rows]):
        teams.setdefault(one.person, []).append(TeamName(one.id, one.name))
    return [
        ShownPerson(
            id=row.id,
            login=row.login,
            name=row.name,
            role=row.role,
            disabled_at=row.disabled_at,
            created_at=row.created_at,
            abilities=_abilities(row),
            teams=teams.get(row.id, []),
        )
        for row in rows
    ]


def _abilities(row: _Row) -> Abilities | None:
    if row.capacity is None:
        return None
    return Abilities(
        skills=row.skills or {},
        queues=row.queues or [],
        capacity=row.capacity,
        ceilings=row.ceilings or {},
    )


ROUTES = [
    read_colleagues,
    read_people,
    post_person,
    read_person,
    patch_person,
    put_abilities,
    post_link,
    read_sessions,
    delete_sessions,
]
