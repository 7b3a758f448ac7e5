"""Administrators say which teams there are, who leads them, and which agents are in them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.person import Name, Person
from contactcenter.record.audit import audit
from contactcenter.record.teams import Team, leads, save, tell

PersonId = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Agents = Annotated[list[PersonId], msgspec.Meta(max_length=500)]


class NewTeam(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team to be; `lead` is a supervisor or an administrator."""

    name: Name
    lead: PersonId | None = None


class TeamChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be another than it is; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    lead: PersonId | msgspec.UnsetType | None = msgspec.UNSET
    archived: bool | msgspec.UnsetType = msgspec.UNSET


class MembersChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who joins and who leaves; whoever is in it, or out of it, already stays so."""

    join: Agents = []
    leave: Agents = []


class MembersChanged(msgspec.Struct, frozen=True):
    """Who has really joined and left."""

    joined: list[int]
    left: list[int]


async def create_team(tx: Tx, new: NewTeam, by: Actor, now: datetime) -> Team:
    """Raises `Conflict` (`team-name-taken`), `BadInput` (`cannot-lead`)."""
    await _check_lead(tx, new.lead)
    await tx.do("teams.lock")
    await _check_name(tx, new.name, 0)
    team = await tx.one(Team, "teams.insert", new.name, new.lead, now)
    tell(tx, team, now)
    await audit(tx, by, "team.create", "team", team.id, now, after=msgspec.to_builtins(new))
    return team


async def change_team(tx: Tx, team: int, change: TeamChange, by: Actor, now: datetime) -> Team:
    """Rename, give another lead, archive or bring back.

    Raises as `create_team`, `NotFound`, and `Conflict` (`team-not-empty`) for one that is to be
    archived and has members.
    """
    if change.lead is not msgspec.UNSET:
        await _check_lead(tx, change.lead)
    before = await _hold(tx, team)
    after = _changed(before, change, now)
    if after == before:
        return before
    if after.archived_at is None:
        await _check_name(tx, after.name, team)
    elif await tx.one(bool, "teams.has_members", team):
        detail = f"{before.name} still has members: take them out first."
        raise Conflict(detail, code="team-not-empty")
    await save(tx, before, after, by, now)
    return after


async def change_members(
    tx: Tx, team: int, change: MembersChange, by: Actor, now: datetime
) -> MembersChanged:
    """Let agents join and leave; whoever is to do both is in it.

    Raises `NotFound`, `BadInput` (`unknown-agent`), and `Conflict` (`team-archived`) where somebody
    is to join what is archived.
    """
    held = await _hold(tx, team)
    if change.join and held.archived_at is not None:
        detail = f"{held.name} is archived: bring it back first."
        raise Conflict(detail, code="team-archived")
    await _check_agents(tx, change.join)
    left = sorted(await tx.many(int, "teams.leave", team, change.leave))
    joined = sorted(await tx.many(int, "teams.join", team, change.join))
    if joined or left:
        tx.emit(facts.TeamMembersChanged(at=now, team=team, joined=joined, left=left))
        told = {"joined": joined, "left": left}
        told = {verb: agents for verb, agents in told.items() if agents}
        await audit(tx, by, "team.members", "team", team, now, after=told)
    return MembersChanged(joined, left)


async def _hold(tx: Tx, team: int) -> Team:
    await tx.do("teams.lock")
    held = await tx.maybe(Team, "teams.read", team)
    if held is None:
        raise NotFound(f"There is no team {team}.")
    return held


async def _check_lead(tx: Tx, lead: int | None) -> None:
    """Locks them, so that they are still who they were when the team has them."""
    if lead is None:
        return
    person = await tx.maybe(Person, "people.lock", lead)
    if person is None or not leads(person):
        detail = "A team is led by a supervisor or an administrator, who is not disabled."
        raise BadInput(detail, code="cannot-lead", pointer="/lead")


async def _check_name(tx: Tx, name: str, team: int) -> None:
    if await tx.one(bool, "teams.taken", name, team):
        raise Conflict(f"There is a team {name!r} already.", code="team-name-taken")


async def _check_agents(tx: Tx, wanted: Iterable[int]) -> None:
    known = set(await tx.many(int, "teams.agents", list(wanted)))
    for place, agent in enumerate(wanted):
        if agent not in known:
            detail = f"There is no agent {agent}: whoever joins a team takes work."
            raise BadInput(detail, code="unknown-agent", pointer=f"/join/{place}")


def _changed(team: Team, change: TeamChange, now: datetime) -> Team:
    archived_at = team.archived_at
    if change.archived is not msgspec.UNSET:
        archived_at = (archived_at or now) if change.archived else None
    return msgspec.structs.replace(
        team,
        name=team.name if change.name is msgspec.UNSET else change.name,
        lead=team.lead if change.lead is msgspec.UNSET else change.lead,
        archived_at=archived_at,
    )
