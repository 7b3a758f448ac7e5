"""A team: a named group of agents, whom one supervisor leads and queues may draw on."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor
from contactcenter.model.person import Person
from contactcenter.record.audit import audit


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `team`. `lead`: nobody, where whoever led it does not supervise any more."""

    id: int
    name: str
    lead: int | None
    created_at: datetime
    archived_at: datetime | None


def leads(person: Person) -> bool:
    """Whether a person may lead a team."""
    return person.role != "agent" and person.disabled_at is None


async def save(tx: Tx, before: Team, after: Team, by: Actor, now: datetime) -> None:
    """Write what is another, on the trail and for all who follow. `teams.lock` is held."""
    await tx.do("teams.change", after.id, after.name, after.lead, after.archived_at)
    tell(tx, after, now)
    fields = [f for f in ("name", "lead", "archived_at") if getattr(before, f) != getattr(after, f)]
    await audit(
        tx,
        by,
        "team.change",
        "team",
        after.id,
        now,
        before={f: getattr(before, f) for f in fields},
        after={f: getattr(after, f) for f in fields},
    )


def tell(tx: Tx, team: Team, now: datetime) -> None:
    """Say how the team is now."""
    tx.emit(
        facts.TeamChanged(
            at=now,
            team=team.id,
            name=team.name,
            lead=team.lead,
            archived=team.archived_at is not None,
        )
    )
