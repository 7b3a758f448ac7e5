"""The audit trail, as administrators read it."""

from typing import Any

import httpx
import pytest

from tests.contactcenter.conftest import Desk, Running


@pytest.fixture
async def root(house: Running, desk: Desk) -> httpx.AsyncClient:
    """An administrator's browser; their id is 1."""
    house.client.headers.update(await desk.cookie(await desk.person("administrator")))
    return house.client


async def read(root: httpx.AsyncClient, **filters: Any) -> Any:
    answer = await root.get("/v1/audit", params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_entry_tells_who_did_what_in_which_request(root: httpx.AsyncClient) -> None:
    given = {"login": "ayu", "name": "Ayu", "role": "agent"}
    await root.post("/v1/people", json=given, headers={"X-Request-Id": "r-7"})
    [entry] = (await read(root, actor_kind="person"))["items"]
    assert {k: v for k, v in entry.items() if k not in ("id", "at")} == {
        "actor_kind": "person",
        "actor_id": 1,
        "actor_name": "Person 1",
        "action": "person.create",
        "subject_kind": "person",
        "subject_id": 2,
        "detail": {"after": given},
        "request_id": "r-7",
    }


async def test_names_are_told_of_whom_entries_name_by_number(root: httpx.AsyncClient) -> None:
    key = (await root.post("/v1/keys", json={"name": "k", "scopes": ["customers:read"]})).json()[
        "key"
    ]
    new = {"name": "shop", "channel": "bot", "api_key_id": key["id"]}
    made = await root.post("/v1/connections", json=new)
    assert made.status_code == 201, made.text
    told = await read(root, subject_kind="connection")
    assert told["names"] == [
        {"kind": "connection", "id": made.json()["id"], "name": "shop"},
        {"kind": "key", "id": key["id"], "name": "k"},
    ]


async def test_it_is_read_newest_first_a_page_at_a_time(root: httpx.AsyncClient) -> None:
    for number in range(3):
        await root.post("/v1/keys", json={"name": f"k{number}", "scopes": ["customers:read"]})
    first = await read(root, actor_kind="person", limit=2)
    rest = await read(root, actor_kind="person", after=first["next"])
    assert [e["subject_id"] for e in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None


async def test_it_is_read_of_one_subject_or_by_one_actor(
    house: Running, desk: Desk, root: httpx.AsyncClient
) -> None:
    await root.post("/v1/keys", json={"name": "k", "scopes": ["customers:read"]})
    await root.post("/v1/people", json={"login": "ayu", "name": "Ayu", "role": "agent"})
    await root.patch("/v1/people/2", json={"name": "Ayu W"})
    await house.client.post("/v1/sign-out", headers=await desk.cookie(2))
    assert await actions(root, subject_kind="person") == ["person.change", "person.create"]
    assert await actions(root, subject_kind="person", subject_id=1) == []
    assert await actions(root, subject_kind="key", subject_id=1) == ["key.create"]
    assert await actions(root, actor_kind="person", actor_id=2) == ["session.end"]
    assert await actions(root, actor_kind="bot") == []


async def actions(root: httpx.AsyncClient, **filters: Any) -> list[str]:
    return [entry["action"] for entry in (await read(root, **filters))["items"]]


@pytest.mark.parametrize(
    "filters",
    [
        {"limit": 0},
        {"limit": 201},
        {"after": -1},
        {"actor_id": 0},
        {"actor_id": 2**63},
        {"subject_id": "x"},
        {"subject_kind": "\x00"},
        {"actor_kind": "ghost"},
    ],
)
async def test_a_filter_that_is_none_is_refused(root: httpx.AsyncClient, filters: Any) -> None:
    answer = await root.get("/v1/audit", params=filters)
    assert answer.status_code == 422
