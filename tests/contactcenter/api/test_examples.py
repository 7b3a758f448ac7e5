"""The examples of the description: each is what its schema says, and of something that is sent."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest

from contactcenter.api.examples import EXAMPLES, PARAMETERS
from tests.contactcenter.api.test_description import contents, operations

Json = dict[str, Any]


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
        if "examples" not in content
        and "Problem" not in str(content["schema"].get("$ref"))
        and content["schema"].get("format") != "binary"
    ]
    assert without == ["GET /v1/openapi.json"]  # it is an example of itself


async def test_no_example_is_of_what_nobody_sends(described: Json) -> None:
    shown = {
        name
        for _, operation in operations(described)
        for content in contents(operation)
        for name in content.get("examples", {})
    }
    parameters = {
        p["name"] for _, operation in operations(described) for p in operation["parameters"]
    }
    assert {kind.__name__ for kind in EXAMPLES} == shown
    assert PARAMETERS.keys() <= parameters


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda e: type(e).__name__)
def test_an_example_is_read_as_what_it_was(example: msgspec.Struct) -> None:
    """The limits of a type hold when it is read: an example that is made breaks them unseen."""
    encoded = msgspec.json.encode(example)
    assert msgspec.json.encode(msgspec.json.decode(encoded, type=type(example))) == encoded
