"""Every route, asked by everybody: what it declares is what it does."""

import re
from collections.abc import Mapping
from typing import Any, get_args

import pytest
import websockets
from litestar import Litestar, get

from contactcenter.api.access import check_routes, declared, who
from contactcenter.app import application
from contactcenter.model import credential
from contactcenter.words import CallerKind, Scope
from tests.contactcenter.conftest import Desk, Running

KINDS: tuple[CallerKind, ...] = get_args(CallerKind)
REFUSED = ("not-signed-in", "expired", "not-your-role", "missing-scope", "cross-site")


class Callers:
    """Credentials of every kind: a new one for each request, since some requests end them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.people: dict[str, int] = {}

    async def headers(self, kind: CallerKind) -> dict[str, str]:
        match kind:
            case "nobody":
                return {}
            case "customer":
                return await self.visitor()
            case "bot":
                _, headers = await self.desk.key(*get_args(Scope))
                return headers
            case _:
                if kind not in self.people:
                    self.people[kind] = await self.desk.person(kind)
                return await self.desk.cookie(self.people[kind])

    async def visitor(self) -> dict[str, str]:
        token = credential.issue("ccv_")
        await self.desk.value(
            "INSERT INTO visitor_session (token_hash, connection_id, scheme, scope, value,"
            " verified, created_at, expires_at)"
            " VALUES ($1, $2, 'visitor', 'front', 'v', false, now(), now() + interval '1 hour')"
            " RETURNING id",
            credential.digest(token),
            await self.desk.channel(),
        )
        return {"Authorization": f"Bearer {token}"}


def address(path: str) -> str:
    """The route's path, with an id that nothing has."""
    return re.sub(r"\{[^}]*\}", lambda m: "987654321" if ":int" in m[0] else "x", path)


async def refusal(house: Running, method: str, path: str, headers: Mapping[str, str]) -> str | None:
    """By which rule of ours the request is refused before it is looked at; None where it is not."""
    if method == "SOCKET":
        return await socket_refusal(house.socket_url + address(path), headers)
    answer = await house.client.request(method, address(path), headers=headers, json={})
    assert answer.status_code not in (429, 500), (method, path, answer.text)
    return refused_by(answer.status_code, answer.content)


async def socket_refusal(url: str, headers: Mapping[str, str]) -> str | None:
    origin = url.replace("ws", "http", 1).partition("/v1")[0]
    try:
        async with websockets.connect(url, additional_headers=headers, origin=origin):
            return None
    except websockets.InvalidStatus as refused:
        return refused_by(refused.response.status_code, refused.response.body or b"")


def refused_by(status: int, body: bytes) -> str | None:
    if status not in (401, 403):
        return None
    code = re.search(rb"urn:contactcenter:problem:([a-z-]+)", body)
    assert code, body
    return code[1].decode() if code[1].decode() in REFUSED else None


def asked(app: Litestar) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Each method of each route; a mount is asked by GET."""
    return [
        (method, path, opt)
        for path, methods, opt in declared(app)
        for method in methods or ("GET",)
    ]


async def test_every_route_is_for_those_it_names_and_for_nobody_else(
    house: Running, desk: Desk
) -> None:
    callers = Callers(desk)
    wrong = []
    allowed = dict.fromkeys(KINDS, 0)
    routes = asked(application(house.parts))
    for method, path, opt in routes:
        public = opt["who"] == {"nobody"}
        for kind in KINDS:
            expected = None
            if not public and kind not in opt["who"]:
                expected = "not-signed-in" if kind == "nobody" else "not-your-role"
            actual = await refusal(house, method, path, await callers.headers(kind))
            allowed[kind] += actual is None
            if actual != expected:
                wrong.append((method, path, kind, actual or "allowed"))
    assert wrong == []
    # Whoever is refused everywhere, or nowhere, has not been asked about.
    assert all(0 < count < len(routes) for count in allowed.values()), allowed


async def test_a_key_needs_the_scope_that_a_route_names(house: Running, desk: Desk) -> None:
    scoped = [r for r in asked(application(house.parts)) if r[2].get("scope")]
    assert scoped
    for method, path, opt in scoped:
        others = [s for s in get_args(Scope) if s != opt["scope"]]
        _, headers = await desk.key(*others)
        assert await refusal(house, method, path, headers) == "missing-scope"


async def test_a_credential_that_is_nobodys_is_refused_by_every_route_that_asks(
    house: Running,
) -> None:
    routes = [r for r in asked(application(house.parts)) if r[2]["who"] != {"nobody"}]
    assert routes
    for number, (method, path, _) in enumerate(routes[:25]):
        prefix = ("cck_", "ccv_")[number % 2]
        headers = {"Authorization": f"Bearer {credential.issue(prefix)}"}
        assert await refusal(house, method, path, headers) == "not-signed-in"


async def test_every_route_that_changes_something_refuses_a_foreign_page(
    house: Running, desk: Desk
) -> None:
    callers = Callers(desk)
    routes = [
        (method, path, kind)
        for method, path, opt in asked(application(house.parts))
        for kind in ("agent", "supervisor", "administrator")
        if kind in opt["who"] and method not in ("GET", "HEAD", "SOCKET")
    ]
    assert routes
    for method, path, kind in routes:
        headers = await callers.headers(kind)
        foreign = {"Cookie": headers["Cookie"], "Origin": "https://evil.example"}
        assert await refusal(house, method, path, foreign) == "cross-site"


@pytest.mark.parametrize("path", ["people", "keys", "connections", "audit"])
async def test_only_administrators_look_after_people_keys_and_connections(
    house: Running, path: str
) -> None:
    mine = [r for r in asked(application(house.parts)) if r[1].startswith(f"/v1/{path}")]
    assert {frozenset(opt["who"]) for _, _, opt in mine} == {frozenset({"administrator"})}


@get("/said", opt=who("nobody"), sync_to_thread=False)
def said() -> None:
    return None


@get("/silent", sync_to_thread=False)
def silent() -> None:
    return None


def test_an_application_with_a_route_that_does_not_say_for_whom_does_not_start() -> None:
    check_routes(Litestar([said], openapi_config=None))
    with pytest.raises(LookupError, match="GET /silent"):
        check_routes(Litestar([said, silent], openapi_config=None))
