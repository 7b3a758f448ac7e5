"""The description: it is served, complete, closed, and says of each route what is true of it."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import schemathesis
from litestar import Litestar
from litestar.routes import HTTPRoute

from contactcenter.api.access import STAFF
from contactcenter.api.description import document
from contactcenter.api.pages import PAGES
from contactcenter.app import application
from contactcenter.errors import Problem
from tests.contactcenter.conftest import Running

Json = dict[str, Any]


def operations(described: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def bodies(operation: Json) -> Iterator[Json]:
    """The schemas of what an operation takes."""
    if "requestBody" in operation:
        for content in operation["requestBody"]["content"].values():
            yield content["schema"]


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


UNDESCRIBED = {"GET /metrics", "GET /web/{path}", *(f"GET {address}" for address in PAGES)}
"""Not the API: the metrics have a format of their own, and pages are for people."""


async def test_every_route_is_described_but_the_metrics_and_the_pages(
    house: Running, described: Json
) -> None:
    there = {name for name, _ in routes(application(house.parts))}
    assert {name for name, _ in operations(described)} == there - UNDESCRIBED


async def test_every_operation_says_what_it_is_and_to_whom_it_is_open(
    house: Running, described: Json
) -> None:
    by_name = dict(operations(described))
    ids = [operation["operationId"] for operation in by_name.values()]
    assert len(ids) == len(set(ids))
    tags = {tag["name"]: tag["description"] for tag in described["tags"]}
    for name, handler in routes(application(house.parts)):
        if name in UNDESCRIBED:
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
            assert ("Retry-After" in refusal["headers"]) == (status in {"429", "503"}), name


async def test_every_answer_names_its_request(described: Json) -> None:
    for name, operation in operations(described):
        for response in operation["responses"].values():
            assert "X-Request-Id" in response["headers"], name


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


async def test_it_is_the_same_each_time_it_is_made(house: Running) -> None:
    assert document(application(house.parts)) == document(application(house.parts))
