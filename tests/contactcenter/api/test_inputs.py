"""What a request may hold, tried on one small route; test_bad_input tries every real one."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import msgspec
import pytest
from litestar import get, post
from litestar.params import JSONBody, PathParameter, QueryParameter

from contactcenter.api import inputs
from tests.contactcenter.api.conftest import serving, told
from tests.contactcenter.conftest import Running


class Parcel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to send."""

    label: Annotated[str, msgspec.Meta(max_length=5)]
    grams: int | None = None
    insured: bool = False


@get("/parcels/{number:int}")
async def look(
    number: Annotated[int, PathParameter(ge=1)],
    limit: Annotated[int, QueryParameter(ge=1, le=9)] = 5,
    colour: Annotated[str | None, QueryParameter(name="color", max_length=4)] = None,
    opened: Annotated[bool, QueryParameter()] = False,  # noqa: FBT002 -- as a query has it
) -> dict[str, Any]:
    """Say what has been understood."""
    return {"number": number, "limit": limit, "colour": colour, "opened": opened}


@post("/parcels", status_code=200)
async def send(data: JSONBody[Parcel]) -> Parcel:
    """Give it back."""
    return data


@post("/raw", opt={"takes": Parcel}, status_code=200)
async def raw() -> None:
    """Would read the bytes itself."""


@pytest.fixture
async def office() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(look, send, raw) as client:
        yield client


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"limit": 5, "colour": None, "opened": False}),
        ("?limit=9&color=blue", {"limit": 9, "colour": "blue", "opened": False}),
        ("?color=", {"limit": 5, "colour": "", "opened": False}),
        ("?color=%E7%B4%85", {"limit": 5, "colour": "紅", "opened": False}),
        ("?opened=true", {"limit": 5, "colour": None, "opened": True}),
    ],
)
async def test_a_query_is_read_in_the_parameters_own_types(
    office: httpx.AsyncClient, query: str, expected: dict[str, object]
) -> None:
    answer = await office.get(f"/parcels/7{query}")
    assert (answer.status_code, answer.json()) == (200, {"number": 7, **expected})


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/limit"),
        ("limit=10", "/limit"),
        ("limit=", "/limit"),
        ("limit=05", "/limit"),
        ("limit=+5", "/limit"),
        ("limit=%2B5", "/limit"),
        ("limit=5&limit=5", "/limit"),
        ("color=green", "/color"),
        ("colour=red", "/colour"),
        ("opened=1", "/opened"),
        ("opened=True", "/opened"),
        ("a/b~c=1", "/a~1b~0c"),
        ("%ff=1", None),
        ("color=%ED%A0%80", None),
        ("&".join(f"x{n}=1" for n in range(101)), None),
    ],
)
async def test_a_query_that_is_not_the_routes_is_refused_with_its_place(
    office: httpx.AsyncClient, query: str, pointer: str | None
) -> None:
    assert told(await office.get(f"/parcels/7?{query}")) == (422, "bad-input", pointer)


async def test_an_unknown_parameter_is_answered_with_those_that_there_are(
    office: httpx.AsyncClient,
) -> None:
    answer = await office.get("/parcels/7?size=1")
    expected = "There is no parameter 'size'; these are: limit, color, opened."
    assert answer.json()["detail"] == expected


@pytest.mark.parametrize("number", ["07", "%2B7", "7_0", "%207", "7.0"])
async def test_a_number_has_one_address(office: httpx.AsyncClient, number: str) -> None:
    assert told(await office.get(f"/parcels/{number}")) == (404, "not-found", None)


async def test_a_body_is_read_in_the_routes_type(office: httpx.AsyncClient) -> None:
    answer = await office.post("/parcels", json={"label": "books", "grams": 900})
    assert answer.json() == {"label": "books", "grams": 900, "insured": False}


@pytest.mark.parametrize(
    ("content", "code", "pointer"),
    [
        (b"", "malformed-json", None),
        (b'{"label": "\xff"}', "malformed-json", None),
        (b'{"label": "a"} {}', "malformed-json", None),
        (b'{"label": "x"', "malformed-json", None),
        (b"[]", "bad-input", None),
        (b"{}", "bad-input", "/label"),
        (b'{"label": "longer"}', "bad-input", "/label"),
        (b'{"label": "a", "grams": "9"}', "bad-input", "/grams"),
        (b'{"label": "a", "insured": 1}', "bad-input", "/insured"),
        (b'{"label": "a", "~/": 1}', "bad-input", "/~0~1"),
    ],
)
async def test_a_body_that_is_not_the_routes_is_refused_with_its_place(
    office: httpx.AsyncClient, content: bytes, code: str, pointer: str | None
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await office.post("/parcels", content=content, headers=headers)
    assert told(answer) == (422, code, pointer)


@pytest.mark.parametrize("path", ["/parcels", "/raw"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/json-patch+json", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
async def test_a_body_is_called_json_also_where_the_route_reads_it_itself(
    office: httpx.AsyncClient, path: str, kind: str, status: int
) -> None:
    answer = await office.post(path, content=b'{"label": "a"}', headers={"Content-Type": kind})
    assert answer.status_code == status


def test_what_a_route_takes_is_read_from_its_handler() -> None:
    assert {n: (p.name, p.default) for n, p in inputs.query(look).items()} == {
        "limit": ("limit", 5),
        "color": ("color", None),
        "opened": ("opened", False),
    }
    assert list(inputs.path(look)) == ["number"]
    assert (inputs.body(look), inputs.body(send), inputs.body(raw)) == (None, Parcel, Parcel)


async def test_options_names_all_methods_of_a_path(house: Running) -> None:
    answer = await house.client.options("/v1/customers/1")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, OPTIONS, PATCH")
