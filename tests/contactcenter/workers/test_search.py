import asyncio

from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


async def test_what_is_said_is_found_a_moment_later(house: Running, team: Team) -> None:
    agent, bot = await team.hire(), await team.bot()
    said = await bot.hears("1", "The router blinks.")
    async with asyncio.timeout(10):
        while True:
            answer = await house.client.get(
                "/v1/search/conversations", params={"q": "router"}, headers=agent.headers
            )
            if items := answer.json()["items"]:
                break
            await asyncio.sleep(0.1)
    assert [item["interaction"] for item in items] == [said["interaction"]]
