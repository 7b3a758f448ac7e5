from tests.contactcenter.conftest import Running
from tests.contactcenter.team import Team


async def test_a_draft_is_kept_read_listed_and_thrown_away(house: Running, team: Team) -> None:
    agent, other, bot = await team.hire(), await team.hire(), await team.bot()
    conversations = [(await bot.hears(who))["conversation"] for who in "ab"]
    for conversation in conversations:
        path = f"/v1/conversations/{conversation}/draft"
        answer = await house.client.put(path, json={"text": "I have"}, headers=agent.headers)
        assert answer.status_code == 200, answer.text
        kept = await house.client.get(path, headers=agent.headers)
        assert kept.json() == answer.json()
        assert (await house.client.get(path, headers=other.headers)).status_code == 404
    first = (await house.client.get("/v1/drafts?limit=1", headers=agent.headers)).json()
    assert [d["conversation"] for d in first["items"]] == conversations[:1]
    rest = f"/v1/drafts?after={first['next']}"
    rest = (await house.client.get(rest, headers=agent.headers)).json()
    assert [d["conversation"] for d in rest["items"]] == conversations[1:]
    assert (await house.client.delete(path, headers=agent.headers)).status_code == 204
    assert (await house.client.get(path, headers=agent.headers)).status_code == 404
