"""Administrators say who works here, in which role, and what the agents among them can do."""

from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.person import Abilities, Login, Name, Person
from contactcenter.model.rulebook import Rulebook
from contactcenter.record.audit import audit
from contactcenter.record.sessions import revoke
from contactcenter.record.teams import Team, leads, save
from contactcenter.words import Role


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person to be: who signs in by `login`, and is shown to colleagues as `name`."""

    login: Login
    name: Name
    role: Role


class PersonChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be another than it is; what is left out stays."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    role: Role | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET


async def create_person(
    tx: Tx, new: NewPerson, by: Actor, now: datetime, *, password_hash: str | None = None
) -> Person:
    """Make a person; an agent begins with no skills. `Conflict` when the login is taken.

    Without a password they sign in once they have set one by a link (`actions.passwords`).
    """
    person = await tx.maybe(
        Person, "people.insert", new.login, new.name, new.role, password_hash, now
    )
    if person is None:
        detail = f"The login {new.login!r} is taken, if only by somebody disabled."
        raise Conflict(detail, code="login-taken")
    await audit(tx, by, "person.create", "person", person.id, now, after=msgspec.to_builtins(new))
    if person.role == "agent":
        await _make_agent(tx, person, now)
    return person


async def change_person(
    tx: Tx, person: int, change: PersonChange, by: Actor, now: datetime
) -> Person:
    """Rename, give another role, disable or enable again.

    Another role or being disabled ends the person's sessions; whoever does not supervise any more
    leads no team. `Conflict` when nobody would be left to administer.
    """
    locked = await tx.many(Person, "people.lock_with_administrators", person)
    before = next((p for p in locked if p.id == person), None)
    if before is None:
        raise NotFound(f"There is no person {person}.")
    after = _changed(before, change, now)
    changed = [
        f for f in ("name", "role", "disabled_at") if getattr(before, f) != getattr(after, f)
    ]
    if not changed:
        return before
    others = [p for p in locked if p.id != person]
    if _administers(before) and not any(map(_administers, (after, *others))):
        detail = "This is the last administrator: make another one first."
        raise Conflict(detail, code="last-administrator")
    await tx.do("people.change", after.id, after.name, after.role, after.disabled_at)
    if "role" in changed or after.disabled_at is not None:
        await revoke(tx, person, now)
    await audit(
        tx,
        by,
        "person.change",
        "person",
        person,
        now,
        before={f: getattr(before, f) for f in changed},
        after={f: getattr(after, f) for f in changed},
    )
    if after.role == "agent" and ("role" in changed or "name" in changed):
        await _make_agent(tx, after, now)
    if leads(before) and not leads(after):
        await _lead_nothing(tx, person, by, now)
    return after


async def configure_agent(
    tx: Tx, agent: int, abilities: Abilities, rules: Rulebook, by: Actor, now: datetime
) -> Abilities:
    """Say what a person who takes work can do; routing follows at once.

    A supervisor who is given abilities takes work from then on, at a desktop of their own.
    `BadInput` at an unknown queue.
    """
    abilities.check(rules)
    person = await tx.maybe(Person, "people.lock", agent)
    if person is None:
        raise NotFound(f"There is no person {agent}.")
    before = await tx.maybe(Abilities, "people.abilities", agent)
    if abilities == before:
        return abilities
    if before is None:
        await tx.do("people.make_agent", agent, now)
        before = await tx.one(Abilities, "people.abilities", agent)
    await tx.do(
        "people.set_abilities",
        agent,
        abilities.skills,
        abilities.queues,
        abilities.capacity,
        abilities.ceilings,
    )
    _say(tx, person, abilities, now)
    fields = [f for f in Abilities.__struct_fields__ if getattr(before, f) != getattr(abilities, f)]
    await audit(
        tx,
        by,
        "agent.configure",
        "person",
        agent,
        now,
        before={f: getattr(before, f) for f in fields},
        after={f: getattr(abilities, f) for f in fields},
    )
    return abilities


def _changed(person: Person, change: PersonChange, now: datetime) -> Person:
    disabled_at = person.disabled_at
    if change.disabled is not msgspec.UNSET:
        disabled_at = (disabled_at or now) if change.disabled else None
    return msgspec.structs.replace(
        person,
        name=person.name if change.name is msgspec.UNSET else change.name,
        role=person.role if change.role is msgspec.UNSET else change.role,
        disabled_at=disabled_at,
    )


def _administers(person: Person) -> bool:
    return person.role == "administrator" and person.disabled_at is None


async def _lead_nothing(tx: Tx, person: int, by: Actor, now: datetime) -> None:
    await tx.do("teams.lock")
    for team in await tx.many(Team, "teams.led_by", person):
        await save(tx, team, msgspec.structs.replace(team, lead=None), by, now)


async def _make_agent(tx: Tx, person: Person, now: datetime) -> None:
    """Whoever has been an agent before can do again what they could."""
    await tx.do("people.make_agent", person.id, now)
    _say(tx, person, await tx.one(Abilities, "people.abilities", person.id), now)


def _say(tx: Tx, person: Person, abilities: Abilities, now: datetime) -> None:
    tx.emit(
        facts.AgentConfigured(
            at=now,
            agent=person.id,
            name=person.name,
            skills=abilities.skills,
            queues=abilities.queues,
            capacity=abilities.capacity,
            ceilings=abilities.ceilings,
        )
    )
