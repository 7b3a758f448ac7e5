"""Leads and orders over HTTP."""

from typing import Any

import pytest

from tests.contactcenter.api.conftest import told
from tests.contactcenter.api.test_cases import customer
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Team

LINE = {"sku": "SANDAL-42", "name": "Sandal", "quantity": 2, "price": 150}


async def test_a_lead_from_a_program_reaches_an_agent_who_wins_it(
    house: Running, team: Team, desk: Desk
) -> None:
    whose, (_, headers) = (await customer(team))[0], await desk.key("sales:write")
    body = {
        "customer": whose,
        "product": "fiber",
        "source": "website",
        "value": {"amount": 399_000, "currency": "IDR"},
        "queue": "billing",
        "key": "form-1",
    }
    made = await house.client.post("/v1/leads", json=body, headers=headers)
    again = await house.client.post("/v1/leads", json=body, headers=headers)
    lead = made.json()["id"]
    assert (made.status_code, again.json()) == (201, {"id": lead, "duplicate": True})
    agent = await team.hire(queues=["billing"], skills={"product:billing": 3})
    async with agent.desktop() as desktop:
        await desktop.done("presence", state="available")
        offer = await desktop.event("OfferMade")
        assert (offer["kind"], offer["lead"], offer["excerpt"]) == ("lead", lead, "fiber")
        await desktop.done("accept", offer=offer["offer"])
    won = await house.client.post(
        f"/v1/leads/{lead}/end", json={"state": "won"}, headers=agent.headers
    )
    assert (won.json()["state"], won.json()["agent_id"]) == ("won", agent.id)
    found = await house.client.get(
        "/v1/leads", params={"state": "won", "customer": whose}, headers=agent.headers
    )
    assert [one["id"] for one in found.json()["items"]] == [lead]
    one = await house.client.get(f"/v1/leads/{lead}", headers=agent.headers)
    assert one.json()["value"] == 399_000
    assert (await house.client.get("/v1/leads/9", headers=agent.headers)).status_code == 404


async def test_an_order_is_made_confirmed_and_read(house: Running, team: Team, desk: Desk) -> None:
    whose, (_, headers) = (await customer(team))[0], await desk.key("sales:write")
    body = {"customer": whose, "currency": "IDR", "lines": [LINE], "key": "cart-1"}
    made = await house.client.post("/v1/orders", json=body, headers=headers)
    order = made.json()["id"]
    assert made.json() == {"id": order, "total": 300, "duplicate": False}
    path = f"/v1/orders/{order}/state"
    confirmed = await house.client.post(path, json={"state": "confirmed"}, headers=headers)
    assert (confirmed.json()["order"]["state"], confirmed.json()["lines"]) == ("confirmed", [LINE])
    refused = await house.client.post(path, json={"state": "completed"}, headers=headers)
    assert told(refused)[:2] == (409, "no-way")
    agent = await team.hire()
    listed = await house.client.get(
        "/v1/orders", params={"state": "confirmed"}, headers=agent.headers
    )
    assert [one["id"] for one in listed.json()["items"]] == [order]
    assert (await house.client.get("/v1/orders/9", headers=agent.headers)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("orders", {"lines": []}, "/lines"),
        ("orders", {"lines": [{**LINE, "quantity": 0}]}, "/lines/0/quantity"),
        ("orders", {"lines": [{**LINE, "price": -1}]}, "/lines/0/price"),
        ("orders", {"currency": "idr"}, "/currency"),
        ("leads", {"product": ""}, "/product"),
        ("leads", {"value": {"amount": 1}}, "/value/currency"),
        ("leads", {"value": {"amount": 1.5, "currency": "IDR"}}, "/value/amount"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    house: Running, team: Team, path: str, body: dict[str, Any], pointer: str
) -> None:
    agent, whose = await team.hire(), (await customer(team))[0]
    whole = {
        "orders": {"customer": whose, "currency": "IDR", "lines": [LINE]},
        "leads": {"customer": whose, "product": "fiber", "source": "website"},
    }
    answer = await house.client.post(
        f"/v1/{path}", json={**whole[path], **body}, headers=agent.headers
    )
    assert told(answer) == (422, "bad-input", pointer)
