"""Bad requests of every kind, to every route that takes the like: refused, placed, forgotten."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import msgspec
import pytest

from contactcenter.app import BODY_BYTES_MAX
from contactcenter.words import CallerKind
from tests.contactcenter.api.conftest import told
from tests.contactcenter.api.test_schemathesis import IN_TURN, opens
from tests.contactcenter.api.test_who import Callers
from tests.contactcenter.conftest import Desk, Running

Json = dict[str, Any]

BEATING = {"lease", "process", "log_cursor"}
"""Tables in which the workers write while nobody asks anything."""


class Operation(msgspec.Struct, frozen=True):
    """What the description says of one, and who tries it."""

    name: str
    method: str
    path: str
    told: Json
    kind: CallerKind

    @property
    def bodies(self) -> dict[str, Json]:
        """An example of each type of body that it takes, by the type's name."""
        content = self.told.get("requestBody", {}).get("content", {}).get("application/json", {})
        return {name: e["value"] for name, e in content.get("examples", {}).items()}

    def parameters(self, place: str) -> list[Json]:
        return [p for p in self.told["parameters"] if p["in"] == place]

    def address(self, **values: object) -> str:
        path = self.path
        for parameter in self.parameters("path"):
            name = parameter["name"]
            value = values.get(name, parameter.get("example", 1))
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        return path


@pytest.fixture
def operations(described: Json) -> list[Operation]:
    return [
        Operation(
            told["operationId"],
            method.upper(),
            path,
            told,
            next((k for k in IN_TURN if any(opens(w, k) for w in told["security"])), "nobody"),
        )
        for path, methods in described["paths"].items()
        for method, told in methods.items()
    ]


class Asking:
    """Sends bad requests: each kind of caller has one credential, which no refusal may cost."""

    def __init__(self, house: Running, callers: Callers) -> None:
        self.house = house
        self.callers = callers
        self.headers: dict[CallerKind, dict[str, str]] = {}

    async def refused(
        self, operation: Operation, address: str, query: str = "", **request: Any
    ) -> tuple[int, str, str | None]:
        """Status, code and pointer of the refusal."""
        if operation.kind not in self.headers:
            self.headers[operation.kind] = await self.callers.headers(operation.kind)
        headers = {**self.headers[operation.kind], **request.pop("headers", {})}
        answer = await self.house.client.request(
            operation.method, f"{address}{query}", headers=headers, **request
        )
        return told(answer)

    async def sent(
        self, operation: Operation, content: bytes, kind: str | None = "application/json"
    ) -> tuple[int, str, str | None]:
        headers = {"Content-Type": kind} if kind else {}
        address = operation.address()
        return await self.refused(operation, address, content=content, headers=headers)


@pytest.fixture
def asking(house: Running, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Nobody is asked to wait: there are more bad requests here than a bad caller may send."""
    monkeypatch.setattr(house.parts.limits, "take", lambda *_: None)
    return Asking(house, Callers(desk))


async def contents(desk: Desk) -> dict[str, object]:
    """All rows of all tables, in short."""
    tables = await desk.rows(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    digest = "md5(string_agg(t::text, '|' ORDER BY t::text))"
    return {
        name: await desk.value(f"SELECT {digest} FROM {name} t")  # noqa: S608 -- a table's own name
        for name in (str(t["tablename"]) for t in tables)
        if name not in BEATING
    }


@asynccontextmanager
async def nothing_left(asking: Asking, desk: Desk, *kinds: CallerKind) -> AsyncIterator[None]:
    """Whatever is tried within leaves every table as it was."""
    for kind in kinds:
        asking.headers[kind] = await asking.callers.headers(kind)
    before = await contents(desk)
    yield
    assert await contents(desk) == before


KINDS: tuple[CallerKind, ...] = ("nobody", *IN_TURN)

BODIES: list[tuple[bytes, str]] = [
    (b"", "malformed-json"),
    (b" ", "malformed-json"),
    (b"{", "malformed-json"),
    (b"{'a': 1}", "malformed-json"),
    (b"\xff{}", "malformed-json"),
    (b'{"\\ud800": 1}', "malformed-json"),
    (b"\xef\xbb\xbf{}", "malformed-json"),
    (b"null", "bad-input"),
    (b"[]", "bad-input"),
    (b'"{}"', "bad-input"),
    (b"[" * 100_000, "bad-input"),
]


async def test_what_is_no_json_object_is_refused_by_every_route(
    operations: list[Operation], asking: Asking, desk: Desk
) -> None:
    wrong = []
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            for content, code in BODIES if operation.bodies else []:
                refusal = await asking.sent(operation, content)
                if refusal != (422, code, None):
                    wrong.append((operation.name, content[:20], refusal))
    assert wrong == []


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json"],
)
async def test_a_body_that_is_not_called_json_is_refused_by_every_route(
    operations: list[Operation], asking: Asking, desk: Desk, kind: str | None
) -> None:
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            for body in operation.bodies.values():
                refusal = await asking.sent(operation, msgspec.json.encode(body), kind)
                assert refusal == (415, "unsupported-media-type", None), operation.name


async def test_an_unknown_field_is_named_by_its_own_name(
    operations: list[Operation], asking: Asking, desk: Desk
) -> None:
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            for body in operation.bodies.values():
                content = msgspec.json.encode({**body, "n/m~ae": 1})
                refusal = await asking.sent(operation, content)
                assert refusal == (422, "bad-input", "/n~1m~0ae"), operation.name


async def test_a_missing_field_is_named(
    operations: list[Operation], asking: Asking, desk: Desk, described: Json
) -> None:
    tried = 0
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            for name, body in operation.bodies.items():
                for field in described["components"]["schemas"][name].get("required", []):
                    less = {k: v for k, v in body.items() if k != field}
                    refusal = await asking.sent(operation, msgspec.json.encode(less))
                    # Without its `items`, a batch is an item, which wants a type.
                    place = "/type" if name == "Items" else f"/{field}"
                    assert refusal == (422, "bad-input", place), operation.name
                    tried += 1
    assert tried > 20


async def test_a_field_of_a_wrong_type_or_beyond_a_limit_is_named(
    operations: list[Operation], asking: Asking, desk: Desk, described: Json
) -> None:
    wrong, tried = [], 0
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            for name, body in operation.bodies.items():
                for field, value in faulty(described["components"]["schemas"], name):
                    content = msgspec.json.encode({**body, field: value})
                    refusal = await asking.sent(operation, content)
                    tried += 1
                    status, code, pointer = refusal
                    if (status, code) != (422, "bad-input") or not placed(pointer, field):
                        wrong.append((operation.name, field, str(value)[:40], refusal))
    assert wrong == []
    assert tried > 150


def placed(pointer: str | None, field: str) -> bool:
    """At the field, or within it."""
    return pointer == f"/{field}" or (pointer or "").startswith(f"/{field}/")


def faulty(schemas: Json, name: str) -> Iterator[tuple[str, object]]:
    """Values that the fields of a type cannot have."""
    for field, schema in schemas[name]["properties"].items():
        ways = schema.get("anyOf", [schema])
        if {"type": "null"} not in ways:
            yield field, None
        for value in faults(ways[0]):
            if not any(allows(way, value) for way in ways[1:]):
                yield field, value


def allows(schema: Json, value: object) -> bool:
    """Whether another kind that the field may have takes it, as of a number beside a text."""
    return jsonschema_rs.is_valid({"type": schema.get("type", "null")}, value)


def faults(schema: Json) -> list[object]:
    """Values that the schema forbids. A text in quotes is no number, and 1 is no truth."""
    kind = schema.get("type", "words")
    values = [*WRONG[kind]]
    if "minimum" in schema:
        values += [schema["minimum"] - 1, schema["maximum"] + 1]
    if "maxLength" in schema:
        values.append("x" * (schema["maxLength"] + 1))
    if schema.get("minLength"):
        values.append("")
    if "pattern" in schema:
        values += ["\0", "a\0b"]
    if "maxItems" in schema and schema["items"].get("type") == "string":
        values += [["x"] * (schema["maxItems"] + 1), [5]]
    return values


WRONG: dict[str, tuple[object, ...]] = {
    "string": (5, True, ["a"], {"a": "b"}),
    "integer": ("50", "1", 1.5, True, [1], 2**63, 2**64, 10**30, -(2**63) - 1),
    "number": ("0.5", True),
    "boolean": ("true", 1, 0),
    "array": ({}, "a", 5),
    "object": ([], "a", 5),
    "words": (5, "no such word"),
}


async def test_what_is_not_in_the_address_by_the_description_is_refused(
    operations: list[Operation], asking: Asking, desk: Desk
) -> None:
    wrong, tried = [], 0
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            for query, pointer in queries(operation):
                refusal = await asking.refused(operation, operation.address(), f"?{query}")
                tried += 1
                if refusal != (422, "bad-input", pointer):
                    wrong.append((operation.name, query, refusal))
    assert wrong == []
    assert tried > 150


def queries(operation: Operation) -> Iterator[tuple[str, str | None]]:
    yield "nope=1", "/nope"
    yield "nope", "/nope"
    yield "%ff=1", None
    for parameter in operation.parameters("query"):
        name = parameter["name"]
        if "enum" in parameter["schema"]:
            values = ["", "no such word", "null"]
        elif parameter["schema"]["type"] == "integer":
            values = ["", "x", "null", "1.0", "01", "%2B1", "1e2", "1_0", "%201", "%D9%A1", "-1"]
            values += [str(2**63), str(2**64), "9" * 5000]
        elif parameter["schema"]["type"] == "boolean":
            values = ["", "True", "1", "yes", "null"]
        else:
            values = ["%00", "a%00b", "x" * (parameter["schema"]["maxLength"] + 1)]
        for value in values:
            yield f"{name}={value}", f"/{name}"
        for value in ("%ff", "%ED%A0%80"):
            yield f"{name}={value}", None
        good = parameter.get("example", parameter["schema"].get("default", 1))
        yield f"{name}={good}&{name}={good}", f"/{name}"


async def test_an_id_beyond_all_ids_is_wrong_and_another_spelling_of_one_leads_nowhere(
    operations: list[Operation], asking: Asking, desk: Desk
) -> None:
    wrong, tried = [], 0
    async with nothing_left(asking, desk, *KINDS):
        for operation in operations:
            body = next(iter(operation.bodies.values()), None)
            request = {} if body is None else {"json": body}
            for parameter in operation.parameters("path"):
                name = parameter["name"]
                for value, expected in places(parameter["schema"], name):
                    address = operation.address(**{name: value})
                    refusal = await asking.refused(operation, address, **request)
                    tried += 1
                    if refusal != expected:
                        wrong.append((operation.name, value, refusal))
    assert wrong == []
    assert tried > 150


def places(schema: Json, name: str) -> Iterator[tuple[object, tuple[int, str, str | None]]]:
    bad, nowhere = (422, "bad-input", f"/{name}"), (404, "not-found", None)
    if schema.get("type") == "integer":
        yield from ((value, bad) for value in (0, -1, 2**63, 10**30))
        yield from (
            (v, nowhere) for v in ("x", "01", "+1", "1_0", " 1", "1.0", "\u0661", "9" * 5000)
        )
    else:
        yield from ((value, bad) for value in ("\0", "x" * 65))
        yield "!", nowhere if re.search(schema.get("pattern", "$^"), "!") else bad


async def test_a_body_beyond_the_limit_is_refused_however_it_comes(
    operations: list[Operation], asking: Asking, desk: Desk
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(65):
            yield b" " * 65_536

    assert BODY_BYTES_MAX < 65 * 65_536
    by_name = {operation.name: operation for operation in operations}
    async with nothing_left(asking, desk, *KINDS):
        for name in ("SignIn", "CreatePerson", "EditCustomer", "PostInteractions"):
            for content in (b" " * (BODY_BYTES_MAX + 1), chunks()):
                refusal = await asking.sent(by_name[name], content)  # type: ignore[arg-type]
                assert refusal == (413, "too-large", None), name


async def test_json_is_answered_whatever_is_preferred(house: Running) -> None:
    answer = await house.client.get("/health/live", headers={"Accept": "text/html, image/*;q=0.9"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


SHORT = "too short"
RULES: list[tuple[CallerKind, str, str, Json | None, tuple[int, str, str | None]]] = [
    (
        "agent",
        "POST",
        "/v1/password",
        {"former": "x", "password": SHORT},
        (422, "weak-password", "/password"),
    ),
    (
        "nobody",
        "POST",
        "/v1/password-by-link",
        {"token": "x", "password": SHORT},
        (422, "weak-password", "/password"),
    ),
    (
        "nobody",
        "POST",
        "/v1/password-by-link",
        {"token": "x", "password": "long enough it is"},
        (409, "link-used", None),
    ),
    ("agent", "DELETE", "/v1/sessions/999", None, (404, "not-found", None)),
    (
        "administrator",
        "POST",
        "/v1/people",
        {"login": "taken", "name": "P", "role": "agent"},
        (409, "login-taken", None),
    ),
    ("administrator", "PATCH", "/v1/people/999", {"name": "P"}, (404, "not-found", None)),
    (
        "administrator",
        "PUT",
        "/v1/people/{agent}/abilities",
        {"queues": ["care", "none"]},
        (422, "unknown-queue", "/queues/1"),
    ),
    (
        "administrator",
        "PUT",
        "/v1/people/{agent}/abilities",
        {"ceilings": {"a/b": 1}},
        (422, "unknown-channel", "/ceilings/a~1b"),
    ),
    (
        "administrator",
        "POST",
        "/v1/keys",
        {"name": "taken", "scopes": ["customers:read"]},
        (409, "key-name-taken", None),
    ),
    ("administrator", "DELETE", "/v1/keys/999", None, (404, "not-found", None)),
    (
        "administrator",
        "POST",
        "/v1/connections",
        {"name": "n", "channel": "smoke"},
        (422, "unknown-channel", "/channel"),
    ),
    (
        "administrator",
        "POST",
        "/v1/connections",
        {"name": "front", "channel": "mobile"},
        (409, "connection-name-taken", None),
    ),
    (
        "administrator",
        "POST",
        "/v1/connections",
        {"name": "n", "channel": "web", "origins": ["https://a.example", "*"]},
        (422, "bad-origin", "/origins/1"),
    ),
    (
        "administrator",
        "POST",
        "/v1/connections",
        {"name": "n", "channel": "bot", "api_key_id": 999},
        (422, "unknown-key", "/api_key_id"),
    ),
    (
        "administrator",
        "DELETE",
        "/v1/connections/{connection}/secrets/00000000",
        None,
        (404, "not-found", None),
    ),
    ("agent", "GET", "/v1/customers", None, (422, "one-of-two", "/q")),
    ("agent", "GET", "/v1/customers?q=ab&identity=phone:1", None, (422, "one-of-two", "/q")),
    (
        "supervisor",
        "PATCH",
        "/v1/customers/{customer}",
        {"tier": "wood"},
        (422, "unknown-tier", "/tier"),
    ),
    ("agent", "PATCH", "/v1/customers/{customer}", {"value": 1}, (403, "not-your-role", "/value")),
    (
        "agent",
        "PATCH",
        "/v1/customers/{customer}",
        {"name": "A", "expected": {"name": "B"}},
        (409, "edited-meanwhile", None),
    ),
    ("agent", "POST", "/v1/customers/{customer}/merge", {"into": 1}, (409, "already-merged", None)),
    ("agent", "POST", "/v1/customers/{customer}/unmerge", None, (409, "not-merged", None)),
    (
        "agent",
        "POST",
        "/v1/customers/{customer}/conversations",
        {"text": "a", "queue": "none"},
        (422, "unknown-queue", "/queue"),
    ),
    (
        "agent",
        "POST",
        "/v1/customers/{customer}/conversations",
        {"text": "a"},
        (409, "conversation-open", None),
    ),
    (
        "agent",
        "PUT",
        "/v1/customers/{customer}/identities/999/block",
        None,
        (404, "not-found", None),
    ),
    ("agent", "PUT", "/v1/conversations/999/tags/a", None, (404, "not-found", None)),
    ("supervisor", "POST", "/v1/items/{item}/assign", {"agent": 999}, (404, "not-found", None)),
    (
        "supervisor",
        "POST",
        "/v1/items/{item}/requeue",
        {"queue": "none"},
        (422, "unknown-queue", "/queue"),
    ),
    (
        "nobody",
        "POST",
        "/v1/visitor/sessions",
        {"connection": "none"},
        (404, "no-connection", None),
    ),
    (
        "nobody",
        "POST",
        "/v1/visitor/sessions",
        {"connection": "front", "jwt": "\0"},
        (401, "bad-token", "/jwt"),
    ),
    (
        "administrator",
        "PUT",
        "/v1/keys/{key}/webhook",
        {"url": "https://127.0.0.1/x"},
        (422, "webhook-refused", "/url"),
    ),
    (
        "administrator",
        "PUT",
        "/v1/keys/{key}/webhook",
        {"url": "https://a.example/\0"},
        (422, "webhook-refused", "/url"),
    ),
    ("administrator", "POST", "/v1/keys/{key}/webhook/test", None, (409, "no-webhook", None)),
    ("administrator", "POST", "/v1/webhook-events/999/redeliver", None, (404, "not-found", None)),
]


async def test_what_breaks_a_rule_is_refused_with_the_code_of_the_rule(
    asking: Asking, desk: Desk, house: Running
) -> None:
    said = await desk.say("+62811")
    key, _ = await desk.key("interactions:write")
    there = {
        "agent": await desk.person(capacity=3),
        "customer": await desk.customer_of(said.conversation),
        "item": await desk.value("SELECT id FROM work_item"),
        "connection": await desk.channel(),
        "key": key,
    }
    await desk.value("UPDATE person SET login = 'taken' WHERE id = $1", there["agent"])
    await desk.value("UPDATE api_key SET name = 'taken' WHERE id = $1", key)
    wrong = []
    async with nothing_left(asking, desk, *KINDS):
        for kind, method, path, body, expected in RULES:
            answer = await house.client.request(
                method, path.format(**there), headers=asking.headers[kind], json=body
            )
            if told(answer) != expected:
                wrong.append((method, path, body, told(answer)))
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "path", "body", "refusal", "kept"),
    [
        (
            "nobody",
            "/v1/sign-in",
            {"login": "x", "password": "y"},
            (401, "sign-in-refused", None),
            {"audit"},
        ),
        (
            "agent",
            "/v1/password",
            {"former": "x", "password": "long enough it is"},
            (403, "wrong-password", "/former"),
            {"person"},
        ),
    ],
)
async def test_a_wrong_password_leaves_no_more_than_its_trace(
    asking: Asking,
    desk: Desk,
    house: Running,
    kind: CallerKind,
    path: str,
    body: Json,
    refusal: object,
    kept: set[str],
) -> None:
    headers = await asking.callers.headers(kind)
    before = await contents(desk)
    assert told(await house.client.post(path, headers=headers, json=body)) == refusal
    after = await contents(desk)
    assert {table for table in before if before[table] != after[table]} == kept
