"""Teams by HTTP: made, filled, shown on people, and seen by the board."""

from typing import Any

from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team


async def ask(house: Running, member: Member, verb: str, path: str, **json: Any) -> Any:
    body = {"json": json} if verb != "GET" else {"params": json}
    answer = await house.client.request(verb, path, headers=member.headers, **body)
    assert answer.status_code < 300, answer.text
    return answer.json()


async def test_team_is_made_filled_and_shown(house: Running, team: Team) -> None:
    root, lead = await team.hire("administrator"), await team.hire("supervisor")
    sari, budi = await team.hire(), await team.hire()
    made = await ask(house, root, "POST", "/v1/teams", name="Fiber", lead=lead.id)
    path = f"/v1/teams/{made['id']}"
    changed = await ask(house, root, "POST", f"{path}/members", join=[sari.id, budi.id])
    assert changed == {"joined": [sari.id, budi.id], "left": []}
    await ask(house, root, "POST", f"{path}/members", leave=[budi.id])
    shown = await ask(house, lead, "GET", path)
    assert (shown["name"], shown["lead_name"], shown["members"]) == ("Fiber", "Supervisor 2", 1)
    assert (await ask(house, lead, "GET", "/v1/teams"))["items"] == [shown]
    named = [{"id": made["id"], "name": "Fiber"}]
    people = await ask(house, root, "GET", "/v1/people", team=made["id"])
    assert [(p["id"], p["teams"]) for p in people["items"]] == [(sari.id, named)]
    assert (await ask(house, root, "GET", f"/v1/people/{budi.id}"))["teams"] == []
    found = await ask(house, sari, "GET", "/v1/colleagues")
    assert {c["id"]: c["teams"] for c in found["items"]} == {sari.id: ["Fiber"], budi.id: []}


async def test_board_has_teams_and_who_is_in_them(house: Running, team: Team) -> None:
    root, agent = await team.hire("administrator"), await team.hire()
    made = await ask(house, root, "POST", "/v1/teams", name="Fiber")
    await ask(house, root, "POST", f"/v1/teams/{made['id']}/members", join=[agent.id])
    numbers = await ask(house, root, "GET", "/v1/board/numbers")
    [shown] = [a["shown"] for a in numbers["agents"] if a["id"] == agent.id]
    assert shown["teams"] == [made["id"]]
    assert house.parts.hub.board.teams[made["id"]].name == "Fiber"


async def test_supervisors_look_at_teams_and_administrators_change_them(
    house: Running, team: Team
) -> None:
    lead = await team.hire("supervisor")
    answer = await house.client.post("/v1/teams", json={"name": "x"}, headers=lead.headers)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "not-your-role")


async def test_team_that_is_not_there_is_not_found(house: Running, team: Team) -> None:
    lead = await team.hire("supervisor")
    answer = await house.client.get("/v1/teams/987654", headers=lead.headers)
    assert answer.status_code == 404
