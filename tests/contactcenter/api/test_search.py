import pytest

from tests.contactcenter.api.conftest import told
from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


@pytest.mark.parametrize("path", ["customers", "conversations"])
async def test_something_is_to_be_asked(house: Running, team: Team, path: str) -> None:
    agent = await team.hire()
    for query in ("", "?q=%20%20"):
        answer = await house.client.get(f"/v1/search/{path}{query}", headers=agent.headers)
        assert told(answer) == (422, "nothing-asked", "/q")
    answer = await house.client.get(f"/v1/search/{path}?q=x", headers=agent.headers)
    assert told(answer) == (422, "bad-input", "/q")


async def test_a_customer_is_found_by_a_number(house: Running, team: Team) -> None:
    agent, bot = await team.hire(), await team.bot()
    await bot.hears("+62811222333")
    answer = await house.client.get(
        "/v1/search/customers", params={"q": "+62 811 222 333"}, headers=agent.headers
    )
    assert len(answer.json()["items"]) == 1
    assert answer.json()["items"][0]["open_conversation"] is not None
