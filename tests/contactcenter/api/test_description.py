"""The description: it is served, complete, closed, and its examples are what it says."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from litestar import Litestar
from litestar.routes import HTTPRoute

from contactcenter.api.access import STAFF
from contactcenter.api.description import document
from contactcenter.app import application
from contactcenter.errors import Problem
from tests.contactcenter.conftest import Running

Json = dict[str, Any]


@pytest.fixture
async def described(house: Running) -> Json:
    answer = await house.client.get("/v1/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def operations(described: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies(operation: Json) -> Iterator[Json]:
    """The schemas of what an operation takes."""
    if "requestBody" in operation:
        yield operation["requestBody"]["content"]["application/json"]["schema"]


def contents(operation: Json) -> Iterator[Json]:
    """All bodies that an operation takes and gives."""
    if "requestBody" in operation:
        yield from operation["requestBody"]["content"].values()
    for response in operation["responses"].values():
        yield from response.get("content", {}).values()


def routes(app: Litestar) -> Iterator[tuple[str, Any]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS"}:
                    yield f"{method} {route.path_format}", handler


async def test_it_is_a_valid_document_of_openapi_3_1(described: Json) -> None:
    assert described["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(described).validate()
    for schema in described["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


async def test_every_route_is_described_but_that_of_the_metrics(
    house: Running, described: Json
) -> None:
    there = {name for name, _ in routes(application(house.parts))}
    assert {name for name, _ in operations(described)} == there - {"GET /metrics"}


async def test_every_operation_says_what_it_is_and_to_whom_it_is_open(
    house: Running, described: Json
) -> None:
    by_name = dict(operations(described))
    ids = [operation["operationId"] for operation in by_name.values()]
    assert len(ids) == len(set(ids))
    tags = {tag["name"]: tag["description"] for tag in described["tags"]}
    for name, handler in routes(application(house.parts)):
        if name == "GET /metrics":
            continue
        operation = by_name[name]
        assert operation["summary"], name
        assert len(operation["description"]) >= len(operation["summary"]) - 1, name
        assert all(len(tags[tag]) > 10 for tag in operation["tags"]), name
        ways = {way: who for ways in operation["security"] for way, who in ways.items()}
        kinds = handler.opt["who"]
        assert ways.get("session", []) == [kind for kind in STAFF if kind in kinds], name
        assert ("key" in ways, "visitor" in ways) == ("bot" in kinds, "customer" in kinds), name
        assert bool(ways) == (kinds != {"nobody"}), name
        assert ("x-rate-limit" in operation) == (handler.opt["limit"] is not None), name


def parts(schema: Json, schemas: Json) -> Iterator[Json]:
    """A schema and all that it is made of."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    yield schema
    within = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    within += schema.get("properties", {}).values()
    within += [v for k in ("items", "additionalProperties") if isinstance(v := schema.get(k), dict)]
    for part in within:
        yield from parts(part, schemas)


def unlimited(schema: Json) -> bool:
    match schema.get("type"):
        case "string":
            counted = str(schema.get("pattern")).endswith("}$")
            return schema.keys().isdisjoint({"maxLength", "format", "enum"}) and not counted
        case "array":
            return "maxItems" not in schema and not schema.get("uniqueItems")
        case "integer":
            return not schema.keys() >= {"minimum", "maximum"}
        case "object" if "properties" in schema:
            return schema.get("additionalProperties") is not False
        case "object":
            return "maxProperties" not in schema
        case _:
            return False


async def test_every_body_is_closed_and_whatever_is_sent_has_a_limit(described: Json) -> None:
    schemas = described["components"]["schemas"]
    without = [
        (name, part)
        for name, operation in operations(described)
        for taken in (*bodies(operation), *(p["schema"] for p in operation["parameters"]))
        for part in parts(taken, schemas)
        if unlimited(part)
    ]
    assert without == []


async def test_every_example_is_what_its_schema_says(described: Json) -> None:
    for name, operation in operations(described):
        for content in contents(operation):
            schema = {**content["schema"], "components": described["components"]}
            validator = jsonschema_rs.validator_for(schema, validate_formats=True)
            for example in content.get("examples", {}).values():
                assert [str(e) for e in validator.iter_errors(example["value"])] == [], name


async def test_every_body_and_every_answer_has_an_example(described: Json) -> None:
    without = [
        name
        for name, operation in operations(described)
        for content in contents(operation)
        if "examples" not in content and "Problem" not in str(content["schema"].get("$ref"))
    ]
    assert without == ["GET /v1/openapi.json"]  # it is an example of itself


async def test_every_refusal_is_a_problem_with_the_codes_that_it_may_have(described: Json) -> None:
    for name, operation in operations(described):
        refusals = {s: r for s, r in operation["responses"].items() if s[0] != "2"}
        assert "422" in refusals, name
        assert ("401" in refusals) == bool(operation["security"]) or name in WRONG_SECRET, name
        assert ({"413", "415"} <= refusals.keys()) == ("requestBody" in operation), name
        for status, refusal in refusals.items():
            if (name, status) == ("GET /health/ready", "503"):
                continue
            schema = refusal["content"]["application/problem+json"]["schema"]
            assert schema["$ref"] == f"#/components/schemas/{Problem.__name__}", name
            assert schema["properties"]["status"] == {"const": int(status)}, name
            for code in schema["properties"]["type"]["enum"]:
                assert re.fullmatch(r"urn:contactcenter:problem:[a-z]+(-[a-z]+)*", code), name
            assert ("headers" in refusal) == (status in {"429", "503"}), name


WRONG_SECRET = {"POST /v1/sign-in", "POST /v1/visitor/sessions"}


async def test_the_body_of_the_bots_is_one_item_of_a_type_or_several(described: Json) -> None:
    post = described["paths"]["/v1/interactions"]["post"]
    ways = post["requestBody"]["content"]["application/json"]["schema"]["oneOf"]
    schemas = [described["components"]["schemas"][w["$ref"].rpartition("/")[2]] for w in ways]
    *single, batch = schemas
    types = [schema["properties"]["type"]["enum"] for schema in single]
    assert types == [["message"], ["reply"], ["hand_over"], ["close"]]
    items = batch["properties"]["items"]
    assert (items["minItems"], items["maxItems"]) == (1, 500)
    assert items["items"]["oneOf"] == ways[:-1]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/nope", "/v1/openapi.json/x", "/v1/people/x"])
async def test_what_is_not_there_is_a_problem(house: Running, path: str) -> None:
    answer = await house.client.get(path, headers={"Accept": "text/html"})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert (problem["type"], problem["status"]) == ("urn:contactcenter:problem:not-found", 404)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/customers/1", "GET, OPTIONS, PATCH"),
        ("GET", "/v1/sign-in", "OPTIONS, POST"),
        ("HEAD", "/v1/me", "GET, OPTIONS"),
        ("PATCH", "/v1/keys", "GET, OPTIONS, POST"),
    ],
)
async def test_a_wrong_method_is_a_problem_that_names_the_right_ones(
    house: Running, method: str, path: str, allow: str
) -> None:
    answer = await house.client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert sorted(answer.headers["allow"].split(", ")) == sorted(allow.split(", "))
    if method != "HEAD":
        assert answer.json()["type"] == "urn:contactcenter:problem:method-not-allowed"


async def test_options_names_all_methods_of_a_path(house: Running) -> None:
    answer = await house.client.options("/v1/customers/1")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, OPTIONS, PATCH")


async def test_a_socket_is_not_read_like_a_page(house: Running) -> None:
    answer = await house.client.get("/v1/desktop")
    assert (answer.status_code, answer.json()["status"]) == (426, 426)
    assert answer.headers["upgrade"] == "websocket"


async def test_it_is_the_same_each_time_it_is_made(house: Running) -> None:
    assert document(application(house.parts)) == document(application(house.parts))
