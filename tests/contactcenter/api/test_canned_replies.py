from typing import Any

import httpx

from tests.contactcenter.api.conftest import told
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Member, Team

PATH = "/v1/canned-replies"


async def made(house: Running, by: Member, **fields: Any) -> httpx.Response:
    body = {"shortcut": "hi", "text": "Hi {customer}.", "own": True, **fields}
    return await house.client.post(PATH, json=body, headers=by.headers)


async def listed(house: Running, by: Member, **query: Any) -> list[str]:
    answer = await house.client.get(PATH, params=query, headers=by.headers)
    assert answer.status_code == 200, answer.text
    return [reply["shortcut"] for reply in answer.json()["items"]]


async def test_an_agent_has_everybodys_and_their_own(house: Running, team: Team) -> None:
    agent, other, boss = await team.hire(), await team.hire(), await team.hire("supervisor")
    await made(house, agent, shortcut="mine", text="100% sure_")
    await made(house, boss, shortcut="care", own=False, queues=["care"], language="id")
    await made(house, boss, shortcut="all", own=False)
    assert await listed(house, agent) == ["mine", "care", "all"]
    assert await listed(house, other) == ["care", "all"]
    assert await listed(house, agent, queue="fiber") == ["mine", "all"]
    assert await listed(house, agent, queue="care", language="en") == ["mine", "all"]
    assert await listed(house, agent, holds="0% SURE_") == ["mine"]
    assert await listed(house, agent, limit=1, after=1) == ["care"]


async def test_one_is_changed_and_taken_away(house: Running, team: Team) -> None:
    agent = await team.hire()
    reply = (await made(house, agent)).json()
    path = f"{PATH}/{reply['id']}"
    body = {"shortcut": "bye", "text": "Bye."}
    changed = await house.client.put(path, json=body, headers=agent.headers)
    assert {**changed.json(), "changed_at": 0} == {**reply, **body, "changed_at": 0}
    assert (await house.client.delete(path, headers=agent.headers)).status_code == 204
    assert told(await house.client.delete(path, headers=agent.headers))[0] == 404


async def test_an_agent_makes_none_for_everybody(house: Running, team: Team) -> None:
    answer = await made(house, await team.hire(), own=False)
    assert told(answer) == (403, "not-your-role", None)
