import asyncio
from typing import Any

import pytest

from contactcenter.actions.people import PersonChange, change_person
from contactcenter.actions.teams import (
    MembersChange,
    MembersChanged,
    NewTeam,
    TeamChange,
    change_members,
    change_team,
    create_team,
)
from contactcenter.errors import BadInput, Conflict, NotFound, Refusal
from contactcenter.model.caller import SYSTEM
from contactcenter.record.teams import Team
from tests.contactcenter.floor import NOW, Floor


async def create(floor: Floor, name: str = "Fiber", lead: int | None = None) -> Team:
    return await floor.run(create_team, NewTeam(name=name, lead=lead), SYSTEM, NOW)


async def change(floor: Floor, team: int, **what: Any) -> Team:
    return await floor.run(change_team, team, TeamChange(**what), SYSTEM, NOW)


async def members(
    floor: Floor, team: int, join: list[int] | None = None, leave: list[int] | None = None
) -> MembersChanged:
    what = MembersChange(join=join or [], leave=leave or [])
    return await floor.run(change_members, team, what, SYSTEM, NOW)


async def in_teams(floor: Floor, agent: int) -> list[Any]:
    rows = await floor.desk.rows(
        "SELECT team_id FROM team_member WHERE agent_id = $1 ORDER BY team_id", agent
    )
    return [row["team_id"] for row in rows]


async def supervisor(floor: Floor) -> int:
    return await floor.desk.person("supervisor", capacity=None)


async def test_a_name_is_there_once_in_whatever_case(floor: Floor) -> None:
    first = await create(floor, "Fiber")
    with pytest.raises(Conflict) as refused:
        await create(floor, "FIBER")
    assert refused.value.code == "team-name-taken"
    second = await create(floor, "Billing")
    with pytest.raises(Conflict):
        await change(floor, second.id, name="fiber")
    assert (await change(floor, first.id, name="fiber")).name == "fiber"


async def test_the_name_of_an_archived_team_is_free_until_it_comes_back(floor: Floor) -> None:
    first = await create(floor, "Fiber")
    assert (await change(floor, first.id, archived=True)).archived_at == NOW
    await create(floor, "Fiber")
    with pytest.raises(Conflict) as refused:
        await change(floor, first.id, archived=False)
    assert refused.value.code == "team-name-taken"


async def test_two_who_make_the_same_at_once_make_one(floor: Floor) -> None:
    results = await asyncio.gather(create(floor), create(floor), return_exceptions=True)
    assert sorted(isinstance(r, Conflict) for r in results) == [False, True]


async def test_who_supervises_leads_and_nobody_else(floor: Floor) -> None:
    lead = await supervisor(floor)
    assert (await create(floor, lead=lead)).lead == lead
    agent = await floor.desk.person()
    for wrong in (agent, 987_654):
        with pytest.raises(BadInput) as refused:
            await create(floor, "Other", lead=wrong)
        assert (refused.value.code, refused.value.pointer) == ("cannot-lead", "/lead")


@pytest.mark.parametrize("what", [{"role": "agent"}, {"disabled": True}])
async def test_who_does_not_supervise_any_more_leads_nothing(
    floor: Floor, what: dict[str, Any]
) -> None:
    lead = await supervisor(floor)
    teams = [await create(floor, "One", lead), await create(floor, "Two", lead)]
    await floor.run(change_person, lead, PersonChange(**what), SYSTEM, NOW)
    rows = await floor.desk.rows("SELECT id FROM team WHERE lead_id IS NULL ORDER BY id")
    assert [row["id"] for row in rows] == [team.id for team in teams]


async def test_who_is_made_a_lead_while_they_stop_supervising_is_none(floor: Floor) -> None:
    lead = await supervisor(floor)
    team = await create(floor)

    async def made() -> Team | Refusal:
        try:
            return await change(floor, team.id, lead=lead)
        except BadInput as refusal:
            return refusal

    stop = PersonChange(role="agent")
    await asyncio.gather(made(), floor.run(change_person, lead, stop, SYSTEM, NOW))
    assert await floor.desk.value("SELECT lead_id FROM team") is None


async def test_an_agent_is_in_several_teams(floor: Floor) -> None:
    agent = await floor.desk.person()
    first, second = await create(floor, "One"), await create(floor, "Two")
    assert await members(floor, first.id, [agent]) == MembersChanged([agent], [])
    await members(floor, second.id, [agent])
    assert await in_teams(floor, agent) == [first.id, second.id]
    assert await members(floor, first.id, leave=[agent]) == MembersChanged([], [agent])
    assert await in_teams(floor, agent) == [second.id]


async def test_what_is_so_already_is_told_to_nobody(floor: Floor) -> None:
    agent, team = await floor.desk.person(), await create(floor)
    await members(floor, team.id, [agent])
    assert await members(floor, team.id, [agent]) == MembersChanged([], [])
    assert len(await floor.desk.facts("TeamMembersChanged")) == 1
    assert await floor.desk.value("SELECT count(*) FROM audit WHERE action = 'team.members'") == 1


async def test_only_who_takes_work_joins_and_then_nobody_of_the_others_does(floor: Floor) -> None:
    agent, boss, team = await floor.desk.person(), await supervisor(floor), await create(floor)
    with pytest.raises(BadInput) as refused:
        await members(floor, team.id, [agent, boss])
    assert (refused.value.code, refused.value.pointer) == ("unknown-agent", "/join/1")
    assert await in_teams(floor, agent) == []


async def test_only_an_empty_team_is_archived_and_then_nobody_joins(floor: Floor) -> None:
    agent, team = await floor.desk.person(), await create(floor)
    await members(floor, team.id, [agent])
    with pytest.raises(Conflict) as refused:
        await change(floor, team.id, archived=True)
    assert refused.value.code == "team-not-empty"
    await members(floor, team.id, leave=[agent])
    await change(floor, team.id, archived=True)
    with pytest.raises(Conflict) as refused:
        await members(floor, team.id, [agent])
    assert refused.value.code == "team-archived"


async def test_a_team_that_is_not_there_is_not_found(floor: Floor) -> None:
    with pytest.raises(NotFound):
        await change(floor, 987_654, name="x")
    with pytest.raises(NotFound):
        await members(floor, 987_654)
