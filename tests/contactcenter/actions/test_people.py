import asyncio
from typing import Any

import pytest
from msgspec import json

from contactcenter.actions.people import (
    NewPerson,
    PersonChange,
    change_person,
    configure_agent,
    create_person,
)
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import SYSTEM
from contactcenter.model.person import Abilities, Person
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import NOW, Desk


async def create(database: Database, login: str, role: str) -> int:
    new = NewPerson(login=login, name=login.title(), role=role)
    person = await database.run(lambda tx: create_person(tx, new, SYSTEM, NOW))
    return person.id


async def change(database: Database, person: int, **what: Any) -> Person:
    return await database.run(
        lambda tx: change_person(tx, person, PersonChange(**what), SYSTEM, NOW)
    )


async def last_entry(desk: Desk) -> tuple[object, Any]:
    [row] = await desk.rows("SELECT action, detail FROM audit ORDER BY id DESC LIMIT 1")
    return row["action"], json.decode(row["detail"])


async def test_a_new_agent_is_known_to_routing_with_no_skills(
    database: Database, desk: Desk
) -> None:
    agent = await create(database, "ayu", "agent")
    [fact] = await desk.facts("AgentConfigured")
    assert fact == {
        "fact": "AgentConfigured",
        "at": "2026-11-21T09:00:00Z",
        "agent": agent,
        "name": "Ayu",
        "skills": {},
        "queues": [],
        "capacity": 3,
        "ceilings": {},
    }


async def test_a_new_supervisor_takes_no_work(database: Database, desk: Desk) -> None:
    await create(database, "budi", "supervisor")
    assert await desk.facts("AgentConfigured") == []
    assert await desk.value("SELECT count(*) FROM agent") == 0


async def test_a_login_is_somebodys_only_once_also_of_two_at_the_same_time(
    database: Database,
) -> None:
    both = [create(database, "ayu", "agent") for _ in range(2)]
    results = await asyncio.gather(*both, return_exceptions=True)
    [refused] = [r for r in results if isinstance(r, Exception)]
    assert isinstance(refused, Conflict)
    assert refused.code == "login-taken"


async def test_a_renamed_agent_has_the_new_name_for_routing(database: Database, desk: Desk) -> None:
    agent = await create(database, "ayu", "agent")
    await change(database, agent, name="Ayu W")
    assert [f["name"] for f in await desk.facts("AgentConfigured")] == ["Ayu", "Ayu W"]
    assert await last_entry(desk) == (
        "person.change",
        {"before": {"name": "Ayu"}, "after": {"name": "Ayu W"}},
    )


async def test_a_change_to_the_same_is_none(database: Database, desk: Desk) -> None:
    agent = await create(database, "ayu", "agent")
    await change(database, agent, name="Ayu", role="agent", disabled=False)
    assert (await last_entry(desk))[0] == "person.create"


@pytest.mark.parametrize("what", [{"role": "supervisor"}, {"disabled": True}])
async def test_with_another_role_or_disabled_a_persons_sessions_end(
    database: Database, desk: Desk, what: dict[str, Any]
) -> None:
    agent = await create(database, "ayu", "agent")
    await desk.cookie(agent)
    await desk.value("UPDATE staff_session SET expires_at = $1 RETURNING id", NOW.replace(hour=10))
    await change(database, agent, **what)
    assert [f["session"] for f in await desk.facts("SessionRevoked")] == [1]


async def test_a_new_name_ends_no_session(database: Database, desk: Desk) -> None:
    agent = await create(database, "ayu", "agent")
    await desk.cookie(agent)
    await change(database, agent, name="Other")
    assert await desk.facts("SessionRevoked") == []


async def test_a_supervisor_who_becomes_an_agent_can_take_work(
    database: Database, desk: Desk
) -> None:
    person = await create(database, "budi", "supervisor")
    await change(database, person, role="agent")
    assert [f["agent"] for f in await desk.facts("AgentConfigured")] == [person]


async def test_an_agent_again_can_do_what_they_could(
    database: Database, desk: Desk, book: Published
) -> None:
    agent = await create(database, "ayu", "agent")
    skilled = Abilities(skills={"product:fiber": 2}, capacity=5)
    await database.run(lambda tx: configure_agent(tx, agent, skilled, book.rules, SYSTEM, NOW))
    await change(database, agent, role="supervisor")
    await change(database, agent, role="agent")
    last = (await desk.facts("AgentConfigured"))[-1]
    assert (last["skills"], last["capacity"]) == ({"product:fiber": 2}, 5)


async def test_a_disabled_person_can_be_enabled_again(database: Database) -> None:
    agent = await create(database, "ayu", "agent")
    assert (await change(database, agent, disabled=True)).disabled_at == NOW
    assert (await change(database, agent, disabled=False)).disabled_at is None


@pytest.mark.parametrize("what", [{"role": "agent"}, {"disabled": True}])
async def test_the_last_administrator_stays_one(
    database: Database, desk: Desk, what: dict[str, Any]
) -> None:
    only = await create(database, "root", "administrator")
    gone = await create(database, "gone", "administrator")
    await change(database, gone, disabled=True)
    with pytest.raises(Conflict) as refused:
        await change(database, only, **what)
    assert refused.value.code == "last-administrator"
    assert await desk.value("SELECT role FROM person WHERE id = $1", only) == "administrator"


async def test_two_administrators_who_disable_each_other_leave_one(database: Database) -> None:
    both = [await create(database, login, "administrator") for login in ("one", "two")]
    results = await asyncio.gather(
        *(change(database, p, disabled=True) for p in both), return_exceptions=True
    )
    assert sorted(isinstance(r, Conflict) for r in results) == [False, True]


async def test_where_there_is_no_administrator_others_can_still_be_changed(
    database: Database,
) -> None:
    agent = await create(database, "ayu", "agent")
    assert (await change(database, agent, name="Other")).name == "Other"


async def test_nobody_cannot_be_changed(database: Database) -> None:
    with pytest.raises(NotFound):
        await change(database, 1, name="x")


SKILLED = Abilities(
    skills={"language:id": 5}, queues=["care"], capacity=4, ceilings={"web": 2, "mobile": 1}
)


async def test_what_an_agent_can_do_is_in_force_with_its_fact(
    database: Database, desk: Desk, book: Published
) -> None:
    agent = await create(database, "ayu", "agent")
    await database.run(lambda tx: configure_agent(tx, agent, SKILLED, book.rules, SYSTEM, NOW))
    [row] = await desk.rows("SELECT skills, queues, capacity, ceilings FROM agent")
    assert row == {
        "skills": '{"language:id": 5}',
        "queues": ["care"],
        "capacity": 4,
        "ceilings": '{"web": 2, "mobile": 1}',
    }
    fact = (await desk.facts("AgentConfigured"))[-1]
    assert {k: fact[k] for k in ("name", "skills", "queues", "capacity", "ceilings")} == {
        "name": "Ayu",
        "skills": {"language:id": 5},
        "queues": ["care"],
        "capacity": 4,
        "ceilings": {"web": 2, "mobile": 1},
    }


async def test_the_trail_tells_only_what_is_other_than_before(
    database: Database, desk: Desk, book: Published
) -> None:
    agent = await create(database, "ayu", "agent")
    more = Abilities(capacity=4)
    await database.run(lambda tx: configure_agent(tx, agent, more, book.rules, SYSTEM, NOW))
    assert await last_entry(desk) == (
        "agent.configure",
        {"before": {"capacity": 3}, "after": {"capacity": 4}},
    )
    await database.run(lambda tx: configure_agent(tx, agent, more, book.rules, SYSTEM, NOW))
    assert len(await desk.facts("AgentConfigured")) == 2


async def test_an_unknown_queue_leaves_nothing_behind(
    database: Database, desk: Desk, book: Published
) -> None:
    agent = await create(database, "ayu", "agent")
    wrong = Abilities(queues=["cafe"])
    with pytest.raises(BadInput):
        await database.run(lambda tx: configure_agent(tx, agent, wrong, book.rules, SYSTEM, NOW))
    assert len(await desk.facts("AgentConfigured")) == 1


async def test_supervisor_who_is_given_abilities_takes_work(
    database: Database, desk: Desk, book: Published
) -> None:
    supervisor = await create(database, "budi", "supervisor")
    for abilities in (Abilities(), SKILLED):
        await database.run(
            lambda tx, a=abilities: configure_agent(tx, supervisor, a, book.rules, SYSTEM, NOW)
        )
    said = [(f["agent"], f["capacity"]) for f in await desk.facts("AgentConfigured")]
    assert said == [(supervisor, 3), (supervisor, 4)]


async def test_nobody_cannot_be_configured(database: Database, book: Published) -> None:
    with pytest.raises(NotFound):
        await database.run(lambda tx: configure_agent(tx, 99, SKILLED, book.rules, SYSTEM, NOW))
