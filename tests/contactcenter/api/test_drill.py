"""Behind the board's numbers: rules, items, waits and the trend are what the numbers count."""

from datetime import datetime
from typing import Any

import pytest

from tests.contactcenter.clients import Desktop
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Bot, Member, Team


@pytest.fixture
async def supervisor(team: Team) -> Member:
    return await team.hire("supervisor")


@pytest.fixture
async def scene(team: Team) -> Any:
    """One item is an agent's, who has answered it; two wait, of whom one then leaves."""
    bot = await team.bot()
    agent = await team.hire()
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        await bot.hears("1", "my line is dead")
        offer = await desktop.event("OfferMade")
        await desktop.done("accept", offer=offer["offer"])
        await desktop.done("presence", state="away", reason="lunch")
        await bot.hears("2", "hello?")
        await bot.hears("3")
        yield desktop, bot


async def get(house: Running, member: Member, path: str, **query: Any) -> Any:
    answer = await house.client.get(path, params=query, headers=member.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_rules_name_queues_with_their_targets(house: Running, supervisor: Member) -> None:
    rules = await get(house, supervisor, "/v1/board/rules")
    care = rules["queues"][0]
    assert care == {
        "queue": "care",
        "label": "Customer care",
        "target_s": 60,
        "service_level": 0.8,
        "requirement": {},
    }
    assert (rules["timezone"], "web" in rules["channels"]) == ("Asia/Jakarta", True)
    assert rules["skills"] == ["product:billing", "product:fiber"]


async def test_items_are_those_that_the_board_counts(
    scene: tuple[Desktop, Bot], house: Running, supervisor: Member
) -> None:
    waiting = await get(house, supervisor, "/v1/board/items", state="waiting", queue="care")
    assert [(i["item"], i["excerpt"], i["channel"]) for i in waiting["items"]] == [
        (2, "hello?", "bot"),
        (3, "hello", "bot"),
    ]
    assert set(house.parts.hub.board.waiting) == {2, 3}
    agent = scene[0].welcome["snapshot"]["me"]["id"]
    [owned] = (await get(house, supervisor, "/v1/board/items", state="owned", agent=agent))["items"]
    assert (owned["item"], owned["agent"], owned["excerpt"]) == (1, agent, "my line is dead")
    for other in ({"queue": "billing"}, {"channel": "web"}, {"agent": agent}):
        found = await get(house, supervisor, "/v1/board/items", state="waiting", **other)
        assert found["items"] == []
    first = await get(house, supervisor, "/v1/board/items", state="waiting", limit=1)
    rest = await get(house, supervisor, "/v1/board/items", state="waiting", after=first["next"])
    assert ([i["item"] for i in rest["items"]], rest["next"]) == ([3], None)


async def test_waits_of_today_are_what_service_level_counts(
    scene: tuple[Desktop, Bot], house: Running, supervisor: Member
) -> None:
    agent = scene[0].welcome["snapshot"]["me"]["id"]
    answer = await house.client.post(
        "/v1/items/2/assign", json={"agent": agent}, headers=supervisor.headers
    )
    assert answer.status_code == 200
    page = await get(house, supervisor, "/v1/board/waits", queue="care", outcome="answered")
    assert [(w["item"], w["within"], w["agent"]) for w in page["items"]] == [
        (2, True, None),
        (1, True, agent),
    ]
    first = await get(house, supervisor, "/v1/board/waits", limit=1)
    times = {"since": first["since"], "until": first["until"]}
    rest = await get(house, supervisor, "/v1/board/waits", after=first["next"], **times)
    assert [w["item"] for w in rest["items"]] == [1]
    for none in (
        {"outcome": "abandoned"},
        {"within": "false"},
        {"channel": "web"},
        {"queue": "fiber"},
        {"until": first["since"]},
    ):
        assert (await get(house, supervisor, "/v1/board/waits", **none))["items"] == []


@pytest.mark.parametrize(("hours", "step_s"), [(4, 900), (24, 3600)])
async def test_every_point_of_the_trend_is_the_waits_of_its_step(
    scene: tuple[Desktop, Bot], house: Running, supervisor: Member, hours: int, step_s: int
) -> None:
    assert scene
    trend = await get(house, supervisor, "/v1/board/trend", hours=hours)
    assert trend["step_s"] == step_s
    [point] = trend["points"]
    assert (point["queue"], point["answered"], point["answered_within"], point["abandoned"]) == (
        "care",
        1,
        1,
        0,
    )
    assert point["waited_s"] == point["longest_wait_s"] > 0
    begin = int(datetime.fromisoformat(point["at"]).timestamp())
    step = {"since": begin, "until": begin + step_s}
    waits = await get(house, supervisor, "/v1/board/waits", queue="care", **step)
    assert [w["item"] for w in waits["items"]] == [1]
    assert (await get(house, supervisor, "/v1/board/trend", channel="web"))["points"] == []


async def test_it_is_for_supervisors(team: Team, house: Running) -> None:
    agent = await team.hire()
    for path in ("rules", "items?state=waiting", "waits", "trend"):
        answer = await house.client.get(f"/v1/board/{path}", headers=agent.headers)
        assert answer.status_code == 403, path
