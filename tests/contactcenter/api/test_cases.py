"""Cases over HTTP, and on the desktop as any other work."""

from typing import Any

import httpx
import pytest

from tests.contactcenter.api.conftest import told
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Member, Team

PATH = "/v1/cases"
CASE = {"category": "complaint", "subject": "Too slow"}


async def opened(house: Running, headers: dict[str, str], **fields: Any) -> int:
    answer = await house.client.post(PATH, json={**CASE, **fields}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def asked(house: Running, by: Member, path: str, **body: Any) -> httpx.Response:
    return await house.client.post(f"{PATH}/{path}", json=body, headers=by.headers)


async def customer(team: Team) -> tuple[int, int]:
    """Somebody who has written, and their conversation."""
    conversation = (await (await team.bot()).hears("1"))["conversation"]
    whose = await team.database.run(lambda tx: tx.one(int, "cases.where", conversation))
    return whose, conversation


async def test_a_case_is_offered_worked_and_reopened_by_the_customers_words(
    house: Running, team: Team
) -> None:
    bot, boss = await team.bot(), await team.hire("supervisor")
    said = await bot.hears("1", "It is slow.")
    case = await opened(house, boss.headers, conversation=said["conversation"])
    agent = await team.hire(queues=["care"], capacity=5)
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        said = await desktop.event("OfferMade", conversation=said["conversation"])
        offer = await desktop.event("OfferMade", kind="case")
        assert (offer["case"], offer["excerpt"], offer["severity"]) == (case, "Too slow", "normal")
        for one in (said, offer):
            await desktop.done("accept", offer=one["offer"])
        how = {"code": "solved", "text": "Faster now.", "expected": "open"}
        answer = await asked(house, agent, f"{case}/resolve", **how)
        assert answer.json()["case"]["resolution"] == "Faster now."
        assert answer.json()["work"] is None
        heard = len(desktop.events)
        await bot.hears("1", "Slow again!")
        again = await desktop.event("OfferMade", heard)
        assert (again["case"], again["kind"]) == (case, "case")
    whole = (await house.client.get(f"{PATH}/{case}", headers=boss.headers)).json()
    assert (whole["case"]["state"], whole["case"]["reopened"]) == ("open", 1)


async def test_the_desktop_begins_with_its_cases(house: Running, team: Team) -> None:
    whose, _ = await customer(team)
    boss, agent = (
        await team.hire("supervisor"),
        await team.hire(queues=["billing"], skills={"product:billing": 1}),
    )
    case = await opened(house, boss.headers, customer=whose, queue="billing")
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        offer = await desktop.event("OfferMade")
        taken = await desktop.done("accept", offer=offer["offer"])
    assert (taken["case"], taken["conversation"]) == (case, None)
    async with agent.desktop() as desktop:
        [item] = desktop.welcome["snapshot"]["items"]
    assert (item["kind"], item["case"], item["subject"], item["stage"], item["interactions"]) == (
        "case",
        case,
        "Too slow",
        "open",
        [],
    )


async def test_a_bot_sees_the_cases_that_it_has_opened(
    house: Running, team: Team, desk: Desk
) -> None:
    whose, _ = await customer(team)
    boss = await team.hire("supervisor")
    _, headers = await desk.key("cases:write")
    _, others = await desk.key("cases:write")
    mine = await opened(house, headers, customer=whose, key="a-1")
    await opened(house, boss.headers, customer=whose)
    listed = (await house.client.get(PATH, headers=headers)).json()
    assert [c["id"] for c in listed["items"]] == [mine]
    assert (await house.client.get(f"{PATH}/{mine}", headers=others)).status_code == 404
    again = await house.client.post(
        PATH, json={**CASE, "customer": whose, "key": "a-1"}, headers=headers
    )
    assert again.json() == {"id": mine, "duplicate": True}
    noted = await house.client.post(
        f"{PATH}/{mine}/notes", json={"text": "Seen twice."}, headers=headers
    )
    assert noted.json()["events"]["items"][0]["text"] == "Seen twice."


async def test_cases_are_paged_and_filtered(house: Running, team: Team) -> None:
    whose, _ = await customer(team)
    boss = await team.hire("supervisor")
    ids = [await opened(house, boss.headers, customer=whose, subject=str(n)) for n in range(3)]
    await asked(house, boss, f"{ids[0]}/resolve", code="solved")

    async def page(**query: Any) -> tuple[list[int], int | None]:
        answer = (await house.client.get(PATH, params=query, headers=boss.headers)).json()
        return [c["id"] for c in answer["items"]], answer["next"]

    assert await page(limit=2) == ([ids[2], ids[1]], ids[1])
    assert await page(limit=2, before=ids[1]) == ([ids[0]], None)
    assert await page(unresolved="true", customer=whose) == ([ids[2], ids[1]], None)
    assert await page(state="resolved", queue="care", severity="normal") == ([ids[0]], None)
    events = await house.client.get(
        f"{PATH}/{ids[0]}/events", params={"limit": 1}, headers=boss.headers
    )
    assert [e["changes"]["state"] for e in events.json()["items"]] == [["new", "resolved"]]
    whole = await house.client.get(f"/v1/customers/{whose}", headers=boss.headers)
    assert [c["id"] for c in whole.json()["cases"]] == ids[::-1]


async def test_an_edit_says_what_it_expects(house: Running, team: Team) -> None:
    whose, conversation = await customer(team)
    agent = await team.hire()
    case = await opened(house, agent.headers, customer=whose)
    body = {"severity": "critical", "expected": {"severity": "normal"}}
    answer = await house.client.patch(f"{PATH}/{case}", json=body, headers=agent.headers)
    assert answer.json()["case"]["severity"] == "critical"
    refused = await house.client.patch(f"{PATH}/{case}", json=body, headers=agent.headers)
    assert told(refused)[:2] == (409, "edited-meanwhile")
    link = f"{PATH}/{case}/conversations/{conversation}"
    assert (await house.client.put(link, headers=agent.headers)).status_code == 204
    assert (await house.client.delete(link, headers=agent.headers)).status_code == 204


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"category": "none", "customer": 1}, "unknown-category", "/category"),
        ({"queue": "none", "customer": 1}, "unknown-queue", "/queue"),
        ({}, "whose", "/customer"),
        ({"customer": 1, "subject": ""}, "bad-input", "/subject"),
        ({"customer": 1, "severity": "dire"}, "bad-input", "/severity"),
        ({"customer": 1, "key": "a b"}, "bad-input", "/key"),
        ({"customer": 0}, "bad-input", "/customer"),
    ],
)
async def test_a_case_that_makes_no_sense_is_refused(
    house: Running, team: Team, body: dict[str, Any], code: str, pointer: str
) -> None:
    await customer(team)
    agent = await team.hire()
    answer = await house.client.post(PATH, json={**CASE, **body}, headers=agent.headers)
    assert told(answer) == (422, code, pointer)
    assert (await house.client.get(PATH, headers=agent.headers)).json()["items"] == []
