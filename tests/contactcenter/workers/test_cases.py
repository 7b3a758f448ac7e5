import asyncio

from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


async def test_a_case_goes_on_a_moment_after_its_customer_spoke(house: Running, team: Team) -> None:
    boss, bot = await team.hire("supervisor"), await team.bot()
    said = await bot.hears("1")
    body = {"category": "request", "subject": "A number", "conversation": said["conversation"]}
    case = (await house.client.post("/v1/cases", json=body, headers=boss.headers)).json()["id"]
    path = f"/v1/cases/{case}"
    away = {"state": "pending_customer"}
    await house.client.post(f"{path}/state", json=away, headers=boss.headers)
    await bot.hears("1", "It is 7.")
    async with asyncio.timeout(10):
        while True:
            whole = (await house.client.get(path, headers=boss.headers)).json()
            if whole["case"]["state"] == "open":
                break
            await asyncio.sleep(0.1)
    assert whole["work"]["state"] in {"queued", "offered"}
