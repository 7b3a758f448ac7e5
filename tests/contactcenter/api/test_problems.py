"""Every refusal is a problem with its place, and no failure shows its insides."""

from typing import Annotated, Any

import msgspec
import pytest
from litestar import get, post
from litestar.params import JSONBody
from structlog.testing import capture_logs

from contactcenter.api.problems import answer, decode, escaped, headers, refuses
from contactcenter.errors import BadInput, Conflict, NotSignedIn, Problem, Refusal, TooMany
from tests.contactcenter.api.conftest import serving, told
from tests.contactcenter.conftest import Running


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of an order."""

    text: str
    from_: int = msgspec.field(default=0, name="from")


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is decoded here."""

    lines: list[Line] = []
    marks: dict[Annotated[str, msgspec.Meta(max_length=3)], int] = {}
    more: Any = None


DECODER = msgspec.json.Decoder(Order)


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (b"[]", None),
        (b'{"lines": 1}', "/lines"),
        (b'{"lines": [{"text": "a"}, {"text": 1}]}', "/lines/1/text"),
        (b'{"lines": [{"text": "a", "from": "b"}]}', "/lines/0/from"),
        (b'{"lines": [{}]}', "/lines/0/text"),
        (b'{"lines": [{"text": "a", "b/~c": 1}]}', "/lines/0/b~1~0c"),
        (b'{"marks": {"a": "1"}}', "/marks"),
        (b'{"marks": {"long": 1}}', "/marks"),
        (b'{"more": 1e999}', "/more"),
        (b'{"two\\nlines": 1}', "/two\nlines"),
        (b'{"": 1}', "/"),
    ],
)
def test_what_is_of_another_shape_is_pointed_at(raw: bytes, pointer: str | None) -> None:
    with pytest.raises(BadInput) as refused:
        decode(DECODER, raw)
    assert (refused.value.code, refused.value.pointer) == ("bad-input", pointer)


def test_within_something_larger_the_place_begins_there() -> None:
    with pytest.raises(BadInput) as refused:
        decode(DECODER, b'{"lines": [{}]}', "/items/3")
    assert refused.value.pointer == "/items/3/lines/0/text"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "The body is not JSON in UTF-8: Input data was truncated."),
        (b'{"lines": []', "The body is not JSON in UTF-8: Input data was truncated."),
        (b'{"more": NaN}', "JSON is malformed: invalid character"),
        (b'{"more": "\xff"}', "'utf-8' codec can't decode byte 0xff"),
        (b'{"more": "\\udc00"}', "JSON is malformed: invalid utf-16 surrogate pair"),
        (b'{"more": "a\nb"}', "JSON is malformed: invalid character"),
        (b"{} {}", "JSON is malformed: trailing characters"),
        (b'{"more": ' + b"[" * 100_000, "The body is nested too deeply."),
    ],
)
def test_what_cannot_be_read_is_malformed(raw: bytes, why: str) -> None:
    with pytest.raises(BadInput) as refused:
        decode(DECODER, raw, "/items/3")
    assert (refused.value.code, refused.value.pointer) == ("malformed-json", "/items/3")
    assert why in refused.value.detail


def test_a_name_is_escaped_so_that_a_pointer_splits_where_it_should() -> None:
    assert escaped("a/b~1c") == "a~1b~01c"


def test_a_problem_says_all_that_a_program_goes_by() -> None:
    given = Conflict("Read again.", code="edited-meanwhile", pointer="/tier", now="gold")
    answered = answer(given.problem())
    assert (answered.status_code, answered.media_type) == (409, "application/problem+json")
    assert msgspec.json.decode(answered.content) == {
        "type": "urn:contactcenter:problem:edited-meanwhile",
        "title": "Something else happened first",
        "status": 409,
        "detail": "Read again.",
        "pointer": "/tier",
        "context": {"now": "gold"},
    }


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (NotSignedIn("Sign in."), {"WWW-Authenticate": "Bearer"}),
        (TooMany("Come again.", retry_after_s=7), {"Retry-After": "7"}),
        (Conflict("Read again."), {}),
    ],
)
def test_http_is_told_how_to_sign_in_and_when_to_come_again(
    refusal: Refusal, expected: dict[str, str]
) -> None:
    assert headers(refusal.problem()) == expected


def test_the_refusals_of_a_route_are_kept_for_the_description() -> None:
    assert refuses("409 login-taken") == {"refuses": ("409 login-taken",)}


async def test_a_defect_is_logged_and_told_without_its_insides() -> None:
    @get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("the secret of it")

    with capture_logs() as lines:
        async with serving(broken) as client:
            answered = await client.get("/broken")
    assert told(answered) == (500, "internal", None)
    assert "secret" not in answered.text
    assert [(line["path"], str(line["exc_info"])) for line in lines] == [
        ("/broken", "the secret of it")
    ]


@post("/parcels", status_code=200)
async def send(data: JSONBody[Order]) -> None:
    """Take an order."""


@pytest.mark.parametrize(
    ("method", "path", "content", "expected"),
    [
        (
            "GET",
            "/nowhere",
            b"",
            Problem(
                "urn:contactcenter:problem:not-found",
                "Not found",
                404,
                "There is nothing at this address.",
            ),
        ),
        (
            "PUT",
            "/parcels",
            b"",
            Problem(
                "urn:contactcenter:problem:method-not-allowed",
                "Method Not Allowed",
                405,
                "This address takes POST, OPTIONS.",
            ),
        ),
        (
            "POST",
            "/parcels",
            b'{"more": "much"}',
            Problem(
                "urn:contactcenter:problem:too-large",
                "Too large",
                413,
                "The body is larger than any that is taken here.",
            ),
        ),
    ],
)
async def test_what_the_framework_refuses_is_said_as_our_own_refusals(
    method: str, path: str, content: bytes, expected: Problem
) -> None:
    async with serving(send, request_max_body_size=10) as client:
        answered = await client.request(
            method, path, content=content, headers={"Content-Type": "application/json"}
        )
    assert msgspec.json.decode(answered.content, type=Problem) == expected


@pytest.mark.parametrize("path", ["/v1", "/v1/nope", "/v1/openapi.json/x", "/v1/people/x"])
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
        ("HEAD", "/v1/me", "GET, OPTIONS, PATCH"),
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


async def test_a_socket_is_not_read_like_a_page(house: Running) -> None:
    answer = await house.client.get("/v1/desktop")
    assert (answer.status_code, answer.json()["status"]) == (426, 426)
    assert answer.headers["upgrade"] == "websocket"
