"""Where a page begins and how much it holds: the same limits wherever a list comes in pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import get

from contactcenter.api.paging import END, Id, Limit, Place, TagInPath
from tests.contactcenter.api.conftest import serving, told


@get("/lists/{number:int}")
async def page(number: Id, after: Place = 0, limit: Limit = 50) -> list[int]:
    """Say which page has been understood."""
    return [number, after, limit]


@get("/tags/{tag:str}")
async def tagged(tag: TagInPath) -> list[str]:
    """Say which tag has been understood."""
    return [tag]


@pytest.fixture
async def shelf() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(page, tagged) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "understood"),
    [
        ("/lists/1", [1, 0, 50]),
        (f"/lists/{END}?after={END}&limit=200", [END, END, 200]),
        ("/lists/1?after=0&limit=1", [1, 0, 1]),
    ],
)
async def test_a_page_is_asked_for_up_to_the_largest_id_and_200_at_once(
    shelf: httpx.AsyncClient, address: str, understood: list[int]
) -> None:
    answer = await shelf.get(address)
    assert (answer.status_code, answer.json()) == (200, understood)


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ("/lists/0", "/number"),
        (f"/lists/{END + 1}", "/number"),
        ("/lists/1?limit=0", "/limit"),
        ("/lists/1?limit=201", "/limit"),
        ("/lists/1?after=-1", "/after"),
        (f"/lists/1?after={END + 1}", "/after"),
        ("/lists/1?after=null", "/after"),
    ],
)
async def test_what_no_list_has_is_refused_before_anybody_looks(
    shelf: httpx.AsyncClient, address: str, pointer: str
) -> None:
    assert told(await shelf.get(address)) == (422, "bad-input", pointer)


@pytest.mark.parametrize("tag", ["refund", "v.i.p: 2-b", "é", "紅", "_", "x" * 64])
async def test_a_tag_is_of_letters_digits_and_few_signs(shelf: httpx.AsyncClient, tag: str) -> None:
    assert (await shelf.get(f"/tags/{tag}")).json() == [tag]


@pytest.mark.parametrize("tag", ["%00", "a%00", "a%0A", "!", "%20a", "a;b", "x" * 65])
async def test_no_tag_is_anything_else(shelf: httpx.AsyncClient, tag: str) -> None:
    assert told(await shelf.get(f"/tags/{tag}")) == (422, "bad-input", "/tag")
