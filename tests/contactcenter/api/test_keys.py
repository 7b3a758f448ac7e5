"""What administrators do with keys, over HTTP."""

import re
from typing import Any

import httpx
import pytest

from tests.contactcenter.conftest import Desk, Running


@pytest.fixture
async def root(house: Running, desk: Desk) -> httpx.AsyncClient:
    """An administrator's browser."""
    house.client.headers.update(await desk.cookie(await desk.person("administrator")))
    return house.client


async def test_the_secret_is_shown_once_and_works_until_it_is_revoked(
    house: Running, root: httpx.AsyncClient
) -> None:
    given = {"name": "assistant", "scopes": ["customers:read"]}
    made = (await root.post("/v1/keys", json=given)).json()
    assert re.fullmatch(r"cck_[A-Za-z0-9_-]{43}", made["secret"])
    bot = {"Authorization": f"Bearer {made['secret']}"}
    assert (await house.client.get("/v1/customers/1", headers=bot)).status_code == 404
    listed = (await root.get("/v1/keys")).text
    assert '"assistant"' in listed
    assert made["secret"] not in listed
    assert (await root.delete(f"/v1/keys/{made['key']['id']}")).status_code == 204
    assert (await house.client.get("/v1/customers/1", headers=bot)).status_code == 401
    assert (await root.get("/v1/keys")).json()["items"][0]["revoked_at"] is not None


async def test_keys_are_read_a_page_at_a_time(desk: Desk, root: httpx.AsyncClient) -> None:
    for _ in range(3):
        await desk.key()
    first = (await root.get("/v1/keys", params={"limit": 2})).json()
    rest = (await root.get("/v1/keys", params={"after": first["next"]})).json()
    assert [k["id"] for k in first["items"] + rest["items"]] == [1, 2, 3]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "given",
    [
        {"name": "", "scopes": ["customers:read"]},
        {"name": "x\x00", "scopes": ["customers:read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x"},
    ],
)
async def test_a_key_that_is_wrongly_described_is_refused(
    root: httpx.AsyncClient, given: Any
) -> None:
    assert (await root.post("/v1/keys", json=given)).status_code == 422


async def test_a_key_that_is_not_there_is_not_found(root: httpx.AsyncClient) -> None:
    assert (await root.delete("/v1/keys/99")).status_code == 404
