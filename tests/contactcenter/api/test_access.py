"""Credentials over HTTP and sockets, and what the middleware reads from a request."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from contactcenter.actions.keys import revoke_key
from contactcenter.api.access import check_origin, client_address
from contactcenter.errors import Forbidden
from contactcenter.model import credential
from contactcenter.model.caller import SYSTEM
from contactcenter.settings import Settings
from tests.contactcenter.conftest import Desk, Running

HERE = Settings(public_url="https://care.example/")
ANYWHERE = Settings()


def scope(client: httpx.AsyncClient = ("198.51.100.7", 1), **headers: Any) -> Any:
    pairs = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
    return {"type": "http", "method": "POST", "client": client, "headers": pairs}


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        (HERE, {"origin": "https://care.example"}),
        (HERE, {"sec_fetch_site": "same-origin"}),
        (ANYWHERE, {"origin": "http://10.0.0.1:8147", "host": "10.0.0.1:8147"}),
        (ANYWHERE, {"origin": "https://care.example", "host": "care.example"}),
    ],
)
def test_a_page_of_ours_may_use_the_cookie(settings: Settings, headers: dict[str, str]) -> None:
    check_origin(scope(**headers), settings)


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        (HERE, {}),
        (HERE, {"origin": "http://care.example"}),
        (HERE, {"origin": "https://care.example.evil.example"}),
        (HERE, {"origin": "https://care.example:8443"}),
        (HERE, {"origin": "null"}),
        (HERE, {"origin": "https://evil.example", "host": "evil.example"}),
        (HERE, {"origin": "https://evil.example", "sec_fetch_site": "same-origin"}),
        (HERE, {"sec_fetch_site": "same-site"}),
        (HERE, {"sec_fetch_site": "none"}),
        (ANYWHERE, {"origin": "http://10.0.0.1:8147", "host": "10.0.0.1"}),
        (ANYWHERE, {"origin": "http://"}),
    ],
)
def test_another_page_may_not(settings: Settings, headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden) as refused:
        check_origin(scope(**headers), settings)
    assert refused.value.code == "cross-site"


PROXIED = Settings(trusted_proxies=("10.0.0.0/8", "2001:db8::/32"))


@pytest.mark.parametrize(
    ("settings", "peer", "forwarded", "expected"),
    [
        (ANYWHERE, "198.51.100.7", "203.0.113.1", "198.51.100.7"),
        (PROXIED, "198.51.100.7", "203.0.113.1", "198.51.100.7"),
        (PROXIED, "10.0.0.1", "203.0.113.1", "203.0.113.1"),
        (PROXIED, "10.0.0.1", "203.0.113.9, 203.0.113.1, 10.2.0.1", "203.0.113.1"),
        (PROXIED, "10.0.0.1", "", "10.0.0.1"),
        (PROXIED, "10.0.0.1", "10.2.0.1", "10.2.0.1"),
        (PROXIED, "2001:db8::1", "203.0.113.1", "203.0.113.1"),
        (ANYWHERE, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (ANYWHERE, "::ffff:198.51.100.7", "", "::ffff:198.51.100.7"),
    ],
)
def test_the_client_is_the_nearest_that_no_proxy_of_ours_is(
    settings: Settings, peer: str, forwarded: str, expected: Any
) -> None:
    assert client_address(scope((peer, 1), x_forwarded_for=forwarded), settings) == expected


def test_a_peer_without_an_address_has_none() -> None:
    assert client_address(scope(None, x_forwarded_for="203.0.113.1"), PROXIED) == ""


LET_IN = (404, "not-found")
"""The answer to whoever may ask: there is no such customer."""


async def read_customer(house: Running, headers: dict[str, str]) -> tuple[int, str]:
    answer = await house.client.get("/v1/customers/1", headers=headers)
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


async def test_a_key_is_refused_as_soon_as_it_is_revoked(house: Running, desk: Desk) -> None:
    key, headers = await desk.key("customers:read")
    assert await read_customer(house, headers) == LET_IN
    now = datetime.now(UTC)
    await house.database.run(lambda tx: revoke_key(tx, key, SYSTEM, now))
    assert await read_customer(house, headers) == (401, "not-signed-in")


async def test_a_key_that_another_process_revoked_is_refused_once_its_fact_has_come(
    house: Running, desk: Desk
) -> None:
    key, headers = await desk.key("customers:read")
    assert await read_customer(house, headers) == LET_IN
    now = datetime.now(UTC)
    await desk.database.run(lambda tx: revoke_key(tx, key, SYSTEM, now))
    await house.parts.tail.catch_up()
    assert await read_customer(house, headers) == (401, "not-signed-in")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer cck_short",
        "Bearer x",
        pytest.param(f"Bearer {credential.issue('cck_')}", id="a key that is nobody's"),
        pytest.param(f"Bearer {credential.issue('ccv_')}", id="a visitor's that is nobody's"),
        pytest.param(f"Bearer {credential.issue('ccs_')}", id="a sign-in that is nobody's"),
        pytest.param(f"Basic {credential.issue('cck_')}", id="another scheme"),
        "nonsense",
        "Bearer cck_\xe9",
    ],
)
async def test_what_is_no_credential_is_refused_never_taken_for_nobody(
    house: Running, header: str
) -> None:
    answer = await read_customer(house, {"Authorization": header.encode("latin-1")})
    assert answer == (401, "not-signed-in")


async def test_a_session_is_no_bearer_token_and_a_key_no_cookie(house: Running, desk: Desk) -> None:
    cookie = (await desk.cookie(await desk.person()))["Cookie"]
    session = cookie.partition("=")[2]
    _, key = await desk.key("customers:read")
    swapped = {"Cookie": f"contactcenter_session={key['Authorization'].partition(' ')[2]}"}
    assert await read_customer(house, {"Cookie": cookie}) == LET_IN
    assert await read_customer(house, {"Authorization": f"Bearer {session}"}) == (
        401,
        "not-signed-in",
    )
    assert await read_customer(house, swapped) == (401, "not-signed-in")


async def test_the_header_is_preferred_to_the_cookie(house: Running, desk: Desk) -> None:
    cookie = await desk.cookie(await desk.person())
    _, key = await desk.key("conversations:read")
    assert await read_customer(house, cookie | key) == (403, "missing-scope")


async def test_whoever_tries_many_credentials_is_not_answered_for_a_while(
    house: Running, desk: Desk
) -> None:
    _, held = await desk.key("customers:read")
    assert await read_customer(house, held) == LET_IN
    tried = await asyncio.gather(
        *(
            read_customer(house, {"Authorization": f"Bearer {credential.issue('cck_')}"})
            for _ in range(60)
        )
    )
    assert set(tried) == {(401, "not-signed-in"), (429, "too-many-requests")}
    # A program of the same address that is known already goes on.
    assert await read_customer(house, held) == LET_IN
