from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Team


async def test_tags_that_were_used_are_known_by_their_beginning(
    house: Running, team: Team, desk: Desk
) -> None:
    headers = (await team.hire()).headers
    said = await desk.say("+621")
    customer = await desk.customer_of(said.conversation)
    for path in (
        f"conversations/{said.conversation}/tags/Refund",
        f"conversations/{said.conversation}/tags/router red",
        f"customers/{customer}/tags/refused",
    ):
        assert (await house.client.put(f"/v1/{path}", headers=headers)).status_code == 200
    patch = {"tags": ["regular", "refused"]}
    await house.client.patch(f"/v1/customers/{customer}", json=patch, headers=headers)

    async def known(kind: str, q: str) -> list[str]:
        answer = await house.client.get(f"/v1/tags/{kind}", params={"q": q}, headers=headers)
        assert answer.status_code == 200
        return answer.json()["tags"]

    assert await known("conversation", "re") == ["Refund"]
    assert sorted(await known("conversation", "")) == ["Refund", "router red"]
    assert await known("customer", "RE") == ["refused", "regular"]
    assert await known("customer", "%") == []
    refused = await house.client.get("/v1/tags/nobody", headers=headers)
    assert refused.status_code in {404, 422}
