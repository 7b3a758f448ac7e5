"""`contactcenter person create`: add somebody who works here, also the first administrator."""

import sys

from contactcenter import foundation
from contactcenter.actions.passwords import LINK_LIFE, make_link
from contactcenter.actions.people import NewPerson, configure_agent, create_person
from contactcenter.cli.checked import checked
from contactcenter.cli.tell import note, result
from contactcenter.clock import clock
from contactcenter.db.tx import Tx
from contactcenter.errors import BadInput
from contactcenter.model import password
from contactcenter.model.caller import SYSTEM
from contactcenter.model.credential import digest, issue
from contactcenter.model.person import Abilities
from contactcenter.model.rulebook import Rulebook
from contactcenter.settings import Settings


async def create(
    settings: Settings,
    *,
    login: str,
    name: str,
    role: str,
    skills: list[tuple[str, int]],
    queues: list[str],
    capacity: int | None,
    password_stdin: bool,
) -> None:
    """Make the person; without a password, write a link by which they set one."""
    new = checked({"login": login.lower(), "name": name, "role": role}, NewPerson)
    wanted = {"skills": dict(skills), "queues": queues, "capacity": capacity}
    given = {field: value for field, value in wanted.items() if value not in ({}, [], None)}
    if given and role != "agent":
        raise BadInput(f"Only agents have {', '.join(given)}.")
    able = checked(given, Abilities)
    kept = _hashed(_typed()) if password_stdin else None
    token = issue("ccr_")
    async with foundation.reach(settings, note) as database:
        rules = (await foundation.in_force(database)).rules
        await database.run(lambda tx: _create(tx, new, able, rules, kept, token))
    note(f"{new.name} ({new.role}) signs in as {new.login}")
    if kept is None:
        hours = LINK_LIFE.total_seconds() / 3600
        note(f"the password is set by this link, once, within {hours:.0f} hours:")
        result(f"{settings.origin}/set-password#{token}")


async def _create(
    tx: Tx, new: NewPerson, able: Abilities, rules: Rulebook, kept: str | None, token: str
) -> None:
    now = clock()
    person = await create_person(tx, new, SYSTEM, now, password_hash=kept)
    if new.role == "agent":
        await configure_agent(tx, person.id, able, rules, SYSTEM, now)
    if kept is None:
        await make_link(tx, person.id, digest(token), SYSTEM, now)


def _typed() -> str:
    """A line of stdin, which may be closed, or no text."""
    try:
        line = sys.stdin.readline() if sys.stdin else ""
        line.encode()
    except UnicodeError as error:
        raise BadInput("A password is text in UTF-8.", pointer="/password") from error
    return line.rstrip("\r\n")


def _hashed(given: str) -> str:
    password.check(given, "/password")
    return password.hashed(given)
