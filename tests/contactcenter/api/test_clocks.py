from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


async def test_a_cases_clock_is_read_with_its_target_and_next_step(
    house: Running, team: Team
) -> None:
    boss = await team.hire("supervisor")
    said = await (await team.bot()).hears("1")
    new = {"category": "fault", "subject": "No internet", "severity": "critical"}
    opened = await house.client.post(
        "/v1/cases", json={**new, "conversation": said["conversation"]}, headers=boss.headers
    )
    path = f"/v1/cases/{opened.json()['id']}/clocks"

    told = (await house.client.get(path, headers=boss.headers)).json()

    clocks = {each["clock"]["metric"]: each for each in told["items"]}
    resolution = clocks["resolution"]
    assert (resolution["ladder"], resolution["steps"]) == ("critical_case", [])
    assert (resolution["clock"]["state"], resolution["clock"]["target_s"]) == ("running", 86_400)
    assert clocks["time_to_answer"]["clock"]["calendar"] == "office"
    assert resolution["next_step"] < resolution["clock"]["due"]


async def test_what_there_is_not_has_no_clocks(house: Running, team: Team) -> None:
    agent = await team.hire()
    for kind in ("cases", "conversations"):
        answer = await house.client.get(f"/v1/{kind}/999/clocks", headers=agent.headers)
        assert answer.status_code == 404
