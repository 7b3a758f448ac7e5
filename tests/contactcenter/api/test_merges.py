from typing import Any

import pytest

from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Team


@pytest.fixture
async def customers(desk: Desk) -> list[int]:
    """Two who have written, the first one before the second."""
    said = [await desk.say(who) for who in ("+621", "+622")]
    return [await desk.customer_of(one.conversation) for one in said]


def merge(house: Running, headers: Any, customer: int, into: int) -> Any:
    return house.client.post(
        f"/v1/customers/{customer}/merge", json={"into": into}, headers=headers
    )


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_staff_merge_and_part_customers(
    house: Running, team: Team, customers: list[int], role: str
) -> None:
    lost, won = customers
    headers = (await team.hire(role)).headers
    answer = await merge(house, headers, lost, won)
    assert (answer.status_code, answer.json()) == (200, {"customer": lost, "into": won})
    shown = (await house.client.get(f"/v1/customers/{lost}", headers=headers)).json()
    assert (shown["id"], shown["counts"]["conversations"]) == (won, 2)
    answer = await house.client.post(f"/v1/customers/{lost}/unmerge", headers=headers)
    assert answer.status_code == 200
    assert (answer.json()["customer"], answer.json()["out_of"]) == (lost, won)
    shown = (await house.client.get(f"/v1/customers/{lost}", headers=headers)).json()
    assert (shown["id"], shown["counts"]["conversations"]) == (lost, 1)


async def test_who_may_be_the_same_is_suggested_until_somebody_says_no(
    house: Running, team: Team, desk: Desk, customers: list[int]
) -> None:
    one, other = customers
    await desk.rows("UPDATE customer SET name = 'Budi Santoso'")
    headers = (await team.hire()).headers
    url = f"/v1/customers/{one}/merge-suggestions"

    async def suggested() -> list[tuple[int, list[str]]]:
        items = (await house.client.get(url, headers=headers)).json()["items"]
        return [(i["customer"]["id"], [r["kind"] for r in i["reasons"]]) for i in items]

    assert await suggested() == [(other, ["name"])]
    dismissal = f"{url}/{other}/dismissal"
    assert (await house.client.put(dismissal, headers=headers)).status_code == 204
    assert await suggested() == []
    assert (await house.client.delete(dismissal, headers=headers)).status_code == 204
    assert await suggested() == [(other, ["name"])]


@pytest.mark.parametrize("path", ["merge", "unmerge"])
async def test_nobody_else_merges(
    house: Running, team: Team, desk: Desk, customers: list[int], path: str
) -> None:
    _, bot = await desk.key("customers:read")
    administrator = (await team.hire("administrator")).headers
    url = f"/v1/customers/{customers[0]}/{path}"
    refused = [
        (await house.client.post(url, json={"into": customers[1]}, headers=h)).status_code
        for h in ({}, bot, administrator)
    ]
    assert refused == [401, 403, 403]


async def test_what_cannot_be_merged_is_told(
    house: Running, team: Team, customers: list[int]
) -> None:
    headers = (await team.hire()).headers
    one = customers[0]
    answers = [
        await merge(house, headers, one, one),
        await merge(house, headers, one, 999),
        await merge(house, headers, one, 0),
        await house.client.post(f"/v1/customers/{one}/unmerge", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [409, 404, 422, 409]


async def test_agent_whose_work_is_merged_away_hears_of_it(
    house: Running, team: Team, desk: Desk, customers: list[int]
) -> None:
    member = await team.hire()
    await desk.rows(
        "UPDATE work_item SET state = 'active', agent_id = $1 WHERE customer_id = $2",
        member.id,
        customers[1],
    )
    supervisor = (await team.hire("supervisor")).headers
    async with member.desktop() as desktop:
        assert (await merge(house, supervisor, customers[1], customers[0])).status_code == 200
        closed = await desktop.event("ConversationClosed")
        assert (closed["reason"], closed["agents"]) == ("merged", [member.id])
