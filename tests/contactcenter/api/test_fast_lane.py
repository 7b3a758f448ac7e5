"""The short way in answers every request just as the ordinary way does, and says so to nobody."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar.types import ASGIApp
from prometheus_client import REGISTRY

from contactcenter import app
from contactcenter.actions.keys import revoke_key
from contactcenter.api.request_id import RequestId
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.conftest import Desk, Running
from tests.contactcenter.team import Bot, Team

PATH = "/v1/interactions"
OURS = re.compile("[0-9a-f]{32}")

Pairs = Sequence[tuple[str, str]]


class Answer(msgspec.Struct, frozen=True):
    """Without the ids, which no two interactions share."""

    status: int
    kind: str | None
    retry_after: str | None
    sign_in_by: str | None
    request_id: str | None
    told: Any


class Ways:
    """The same application by both ways; a bot of its own goes by each: both begin alike."""

    def __init__(self, house: Running, by_lane: Bot, ordinarily: Bot) -> None:
        self.lane: ASGIApp = app.create(house.parts)  # type: ignore[assignment]
        self.ordinary: ASGIApp = RequestId(app.application(house.parts))
        self.bots = by_lane, ordinarily

    async def both(self, content: bytes, **request: Any) -> tuple[Answer, Answer]:
        one, other = self.bots
        return (
            await ask(self.lane, content, one.headers, **request),
            await ask(self.ordinary, content, other.headers, **request),
        )

    async def alike(self, content: bytes, *, short: bool, **request: Any) -> Answer:
        """The answer, which is the same by both ways; `short`: the lane did not ask the other."""
        before = taken()
        by_lane, ordinarily = await self.both(content, **request)
        assert by_lane == ordinarily
        assert taken() - before == int(short)
        return by_lane


def taken() -> float:
    """How many requests have gone the short way."""
    found = [m for m in REGISTRY.collect() if m.name == "contactcenter_fast_lane_requests"]
    return sum(s.value for m in found for s in m.samples if s.name.endswith("_total"))


async def ask(
    application: ASGIApp,
    content: bytes,
    authorization: dict[str, str],
    *,
    chunks: int = 0,
    without: str = "",
    more: Pairs = (),
    **scope: str,
) -> Answer:
    """Ask an ASGI application as the server does. `chunks`: in so many, of an unknown length."""
    given = {
        "host": "127.0.0.1:8000",
        "content-type": "application/json",
        "content-length": str(len(content)),
        **{k.lower(): v for k, v in authorization.items()},
    }
    if chunks:
        del given["content-length"]
    given.pop(without, None)
    size = -(-len(content) // chunks) if chunks else len(content)
    parts = [content[i : i + size] for i in range(0, len(content), size or 1)] or [b""]
    events: list[Any] = [
        {"type": "http.request", "body": part, "more_body": n < len(parts)}
        for n, part in enumerate(parts, 1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(event: Any) -> None:
        sent.append(event)

    asked: Any = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": scope.get("method", "POST"),
        "scheme": "http",
        "path": scope.get("path", PATH),
        "raw_path": scope.get("path", PATH).encode(),
        "root_path": "",
        "query_string": scope.get("query", "").encode(),
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in (*given.items(), *more)],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    await application(asked, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(event.get("body", b"") for event in sent[1:])
    assert int(headers["content-length"]) == len(body)
    return Answer(
        sent[0]["status"],
        headers.get("content-type"),
        headers.get("retry-after"),
        headers.get("www-authenticate"),
        _drawn(headers["x-request-id"]),
        alike(msgspec.json.decode(body)) if body else None,
    )


def _drawn(request_id: str) -> str | None:
    """The caller's own id, or None for one of ours, which no two requests share."""
    return None if OURS.fullmatch(request_id) else request_id


def alike(told: Any) -> Any:
    match told:
        case dict():
            return {
                k: alike(v) for k, v in told.items() if k not in {"interaction", "conversation"}
            }
        case list():
            return [alike(one) for one in told]
        case _:
            return told


@pytest.fixture
async def ways(house: Running, team: Team) -> Ways:
    """Both bots are known, as they are after their first request."""
    made = Ways(house, await team.bot("one"), await team.bot("other"))
    for bot in made.bots:
        await bot.hears("0")
    return made


def message(key: str, text: object = "hello", **more: object) -> dict[str, object]:
    sender = {"scheme": "phone", "value": "1"}
    return {"type": "message", "key": key, "from": sender, "text": text, **more}


def reply(key: str, item: object, **more: object) -> dict[str, object]:
    return {"type": "reply", "key": key, "item": item, "epoch": 1, "seen": 0, "text": "hi", **more}


BODIES: list[Any] = [
    message("a"),
    message("a"),
    message("a", "something else"),
    message("b", "", more=1),
    message("c", 5),
    message("d", occurred_at="2999-01-01T00:00:00Z"),
    message("e", "x" * 16_384),
    message("f", "x" * 16_385),
    message("items", "items"),
    {},
    [],
    None,
    "text",
    {"type": "dance"},
    {"items": []},
    {"items": [message("g")], "more": 1},
    {"items": [message("g"), message("g"), message("a"), message("a", "else"), 5, {}, None]},
    {"items": [message("h", "one"), reply("i", 10**6), message("j", ""), message("k", "two")]},
    {"items": [message(f"m{n}") for n in range(500)]},
    {"items": [message(f"n{n}") for n in range(501)]},
    reply("o", 10**6),
    reply("p", "1"),
    reply("q", 2**63),
]

CONTENTS: list[bytes] = [
    b"{",
    b"{}}",
    b"\xff",
    b'{"type": "message", "key": "\xff"}',
    b'{"type": "message", "key": "\\ud800"}',
    b'{"items": ' + b"[" * 50_000,
    b" " * 100 + json.dumps({"items": [message("w")]}).encode(),
    json.dumps(message("x"), indent=4).encode(),
    "\ufeff{}".encode(),
]


async def test_whatever_is_sent_is_answered_alike(ways: Ways) -> None:
    for body in BODIES:
        await ways.alike(json.dumps(body).encode(), short=True)
    for content in CONTENTS:
        await ways.alike(content, short=True)


def kind(given: str) -> dict[str, Any]:
    return {"without": "content-type", "more": [("content-type", given)]}


async def test_what_takes_no_short_way_is_answered_alike(ways: Ways) -> None:
    good = json.dumps(message("a")).encode()
    large = b" " * (app.BODY_BYTES_MAX + 1)
    statuses = [
        (await ways.alike(content, short=False, **request)).status
        for content, request in (
            (b"", {}),
            (large, {}),
            (large, {"chunks": 5}),
            (good, {"chunks": 1}),
            (good, {"chunks": 7}),
            (b"{", {"chunks": 1}),
            (good, {"without": "content-type"}),
            (good, kind("text/plain")),
            (good, kind("application/json; charset=utf-8")),
            (good, kind("APPLICATION/JSON")),
            (good, {"query": "nope=1"}),
            (good, {"path": f"{PATH}/"}),
            (good, {"path": f"{PATH}/1"}),
            (good, {"method": "GET"}),
            (good, {"method": "PUT"}),
            (good, {"without": "authorization"}),
            (good, {"more": [("host", "bad host!")]}),
            (good, {"without": "host", "more": [("host", "bad host!")]}),
            (good, {"more": [("authorization", "Bearer nonsense")]}),
            (good, {"more": [("content-type", "text/plain")]}),
        )
    ]
    assert statuses == [
        *(422, 413, 413, 200, 200, 422, 415, 415, 200, 200),
        *(422, 200, 404, 405, 405, 401, 200, 400, 401, 200),
    ]


async def test_a_request_with_an_id_or_a_cookie_goes_the_short_way_all_the_same(ways: Ways) -> None:
    good = json.dumps(message("a")).encode()
    more = [("x-request-id", "r-1"), ("cookie", "contactcenter_session=ccs_x"), ("accept", "*/*")]
    assert (await ways.alike(good, short=True, more=more)).status == 200


async def test_the_id_of_a_request_is_kept_by_both_ways(ways: Ways, desk: Desk) -> None:
    for number, request_id in enumerate(("r-1", "x" * 64, "x" * 65, "a b", "\x7f", "é", "")):
        content = json.dumps(message(f"a{number}")).encode()
        answer = await ways.alike(content, short=True, more=[("x-request-id", request_id)])
        assert answer.request_id == (request_id if number in {0, 1, 3} else None)
    rows = await desk.rows(
        "SELECT key, array_agg(request_id) AS ids FROM dedupe JOIN interaction i"
        " ON i.id = interaction_id WHERE key ~ '^a[0-9]$' GROUP BY key ORDER BY key"
    )
    kept = [ids[0] if ids[0] == ids[1] else None for ids in (r["ids"] for r in rows)]  # type: ignore[index]
    assert kept == ["r-1", "x" * 64, None, "a b", None, None, None]
    assert all(len(i) == 32 for r in rows[4:] for i in r["ids"])  # type: ignore[union-attr]


async def test_a_credential_that_does_not_do_is_refused_by_both_ways(
    ways: Ways, desk: Desk
) -> None:
    _, unscoped = await desk.key("conversations:read")
    _, alone = await desk.key("interactions:write")
    cookie = await desk.cookie(await desk.person())
    good = json.dumps(message("a")).encode()
    for headers, status, short in (
        (unscoped, 403, [False, False]),
        (alone, 409, [False, True]),
        (cookie, 403, [False, False]),
        ({"Authorization": "Bearer cck_none"}, 401, [False, False]),
        ({"Authorization": "Bearer ccv_none"}, 401, [False, False]),
        ({"Authorization": "bearer cck_none"}, 401, [False, False]),
    ):
        for by_lane in short:  # what is not held in memory yet, and what is by then
            before = taken()
            answers = [await ask(way, good, headers) for way in (ways.lane, ways.ordinary)]
            assert answers[0] == answers[1]
            assert answers[0].status == status
            assert taken() - before == int(by_lane)


async def test_a_revoked_key_is_refused_by_both_ways_at_once(ways: Ways, house: Running) -> None:
    good = json.dumps(message("a")).encode()
    assert (await ways.alike(good, short=True)).status == 200
    for bot in ways.bots:
        key = bot.id
        await house.database.run(lambda tx, key=key: revoke_key(tx, key, SYSTEM, datetime.now(UTC)))
    assert (await ways.alike(good, short=False)).status == 401


async def test_a_defect_is_told_alike(
    ways: Ways, house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(house.parts.receiving, "submit", fail)
    answer = await ways.alike(json.dumps(message("a")).encode(), short=True)
    assert (answer.status, answer.told["type"]) == (500, "urn:contactcenter:problem:internal")


async def test_too_much_waiting_is_told_alike(
    ways: Ways, house: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.parts.receiving, "_waiting_max", 0)
    answer = await ways.alike(json.dumps(message("a")).encode(), short=True)
    assert (answer.status, answer.retry_after) == (429, "1")


values = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([2**63, 1.5]) | st.text()
names = st.sampled_from(["type", "key", "from", "text", "item", "epoch", "seen", "items", "more"])
anything = st.recursive(
    values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4)
)
keys = st.sampled_from(["k1", "k2", "k3"])
good_items = st.builds(message, keys, st.text(min_size=1)) | st.builds(reply, keys, st.just(1))
changes = st.dictionaries(names, anything, min_size=1, max_size=2)
bad_items = st.builds(lambda item, change: {**item, **change}, good_items, changes)
items = good_items | bad_items | anything
bodies = items | st.builds(lambda several: {"items": several}, st.lists(items, max_size=6))
contents = bodies.map(lambda body: json.dumps(body).encode()) | st.binary(min_size=1, max_size=60)


async def test_whatever_can_be_thought_of_is_answered_alike(ways: Ways) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, deadline=None, derandomize=True, database=None)
    @given(content=contents, chunks=st.sampled_from([0, 0, 0, 1, 3]))
    def both_ways(content: bytes, chunks: int) -> None:
        asking = ways.both(content, chunks=chunks)
        by_lane, ordinarily = asyncio.run_coroutine_threadsafe(asking, loop).result(10)
        assert by_lane == ordinarily
        assert by_lane.status in {200, 403, 404, 409, 422}

    await asyncio.to_thread(both_ways)
