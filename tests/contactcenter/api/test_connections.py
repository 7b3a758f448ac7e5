"""What administrators do with connections, over HTTP."""

from typing import Any

import httpx
import pytest

from tests.contactcenter.conftest import Desk, Running

SECRET = "a-secret-that-the-host-has-made-itself"


@pytest.fixture
async def root(house: Running, desk: Desk) -> httpx.AsyncClient:
    """An administrator's browser."""
    house.client.headers.update(await desk.cookie(await desk.person("administrator")))
    return house.client


async def create(root: httpx.AsyncClient, **given: Any) -> int:
    answer = await root.post("/v1/connections", json={"name": "shop", "channel": "web"} | given)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_a_secret_is_shown_when_it_is_made_and_never_again(
    desk: Desk, root: httpx.AsyncClient
) -> None:
    connection = await create(root)
    made = (await root.post(f"/v1/connections/{connection}/secrets", json={})).json()
    given = await root.post(f"/v1/connections/{connection}/secrets", json={"secret": SECRET})
    assert await desk.value("SELECT secrets FROM connection") == [made["secret"], SECRET]
    listed = await root.get("/v1/connections")
    [shown] = listed.json()["items"]
    assert shown["secret_fingerprints"] == [made["fingerprint"], given.json()["fingerprint"]]
    assert made["secret"] not in listed.text
    assert SECRET not in listed.text
    changed = await root.patch(f"/v1/connections/{connection}", json={"disabled": True})
    assert SECRET not in changed.text


async def test_a_secret_is_removed_by_its_fingerprint(desk: Desk, root: httpx.AsyncClient) -> None:
    connection = await create(root)
    path = f"/v1/connections/{connection}/secrets"
    made = (await root.post(path, json={})).json()
    assert (await root.delete(f"{path}/00000000")).status_code == 404
    assert (await root.delete(f"{path}/{made['fingerprint']}")).status_code == 204
    assert await desk.value("SELECT secrets FROM connection") == []


async def test_origins_and_key_are_changed(desk: Desk, root: httpx.AsyncClient) -> None:
    key, _ = await desk.key()
    connection = await create(root)
    change = {"origins": ["https://shop.example"], "api_key_id": key}
    changed = (await root.patch(f"/v1/connections/{connection}", json=change)).json()
    assert {k: changed[k] for k in change} == change


async def test_connections_are_read_a_page_at_a_time(root: httpx.AsyncClient) -> None:
    for number in range(3):
        await create(root, name=f"shop {number}")
    first = (await root.get("/v1/connections", params={"limit": 2})).json()
    rest = (await root.get("/v1/connections", params={"after": first["next"]})).json()
    assert [c["id"] for c in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next"] is None


@pytest.mark.parametrize("secret", ["short", "x" * 31, "x" * 201, "ü" * 40, "x" * 40 + "\n"])
async def test_a_secret_that_is_none_is_refused(root: httpx.AsyncClient, secret: str) -> None:
    connection = await create(root)
    answer = await root.post(f"/v1/connections/{connection}/secrets", json={"secret": secret})
    assert answer.status_code == 422


async def test_an_origin_that_is_none_is_refused_with_its_place(root: httpx.AsyncClient) -> None:
    answer = await root.post(
        "/v1/connections", json={"name": "shop", "channel": "web", "origins": ["*"]}
    )
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/origins/0")
