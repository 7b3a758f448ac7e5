from typing import Any

import pytest

from contactcenter.actions.fill_search import fill_search
from contactcenter.actions.merge import merge
from contactcenter.actions.note import note
from contactcenter.model.caller import SYSTEM
from contactcenter.record.search import BIGINT_MAX, search_customers, search_said
from tests.contactcenter.floor import NOW, Floor


async def said(floor: Floor, words: str, customer: int | None = None) -> list[tuple[Any, ...]]:
    hits = await floor.run(search_said, words, customer, BIGINT_MAX, 50)
    return [(hit.conversation, hit.number) for hit in hits.items]


async def customers(floor: Floor, words: str) -> list[int]:
    return [c.id for c in (await floor.run(search_customers, words, 0, 50)).items]


@pytest.fixture
async def talk(floor: Floor) -> list[int]:
    """Three conversations, of which the search knows."""
    first = await floor.desk.say("+62 811", "My router blinks RED since Monday.")
    second = await floor.desk.say("2", "A red invoice? Grüße an budi@shop.example")
    await floor.run(note, await floor.desk.person(), second.conversation, "He means router.", NOW)
    third = await floor.desk.say("3", "Nothing.")
    await floor.run(fill_search, 1000)
    return [first.conversation, second.conversation, third.conversation]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("red", [(1, 1), (0, 1)]),
        ("blinks red", [(0, 1)]),
        ("router", [(1, 2), (0, 1)]),
        ('"red since"', [(0, 1)]),
        ('"since red"', []),
        ("red -invoice", [(0, 1)]),
        ("monday or nothing", [(2, 1), (0, 1)]),
        ("grüße", [(1, 1)]),
        ("budi@shop.example", [(1, 1)]),
        ("rout", []),
        ("'); DROP TABLE", []),
        ('"', []),
        ("& | ! :*", []),
    ],
)
async def test_what_was_said_is_found_by_its_words_newest_first(
    floor: Floor, talk: list[int], words: str, found: list[tuple[int, int]]
) -> None:
    assert await said(floor, words) == [(talk[place], number) for place, number in found]


async def test_the_words_are_marked_where_they_stand(floor: Floor, talk: list[int]) -> None:
    hits = await floor.run(search_said, "blinks", None, BIGINT_MAX, 1)
    assert [h.conversation for h in hits.items] == talk[:1]
    assert "\ue000blinks\ue001 RED since" in hits.items[0].excerpt


async def test_of_one_customer_and_those_who_were_merged(floor: Floor, talk: list[int]) -> None:
    first, second, _ = [await floor.desk.customer_of(c) for c in talk]
    assert await said(floor, "red", second) == [(talk[1], 1)]
    await floor.run(merge, first, second, SYSTEM, floor.book, NOW)
    assert await said(floor, "red", first) == await said(floor, "red", second)
    assert {c for c, _ in await said(floor, "red", second)} == {talk[0], talk[1]}


async def test_pages_follow_each_other(floor: Floor, talk: list[int]) -> None:
    first = await floor.run(search_said, "red", None, BIGINT_MAX, 1)
    rest = await floor.run(search_said, "red", None, first.next, 1)
    assert [h.conversation for h in first.items + rest.items] == [talk[1], talk[0]]
    assert rest.next is None


async def test_a_customer_is_found_by_name_identity_or_id(floor: Floor) -> None:
    talk = [await floor.desk.say(who) for who in ("+62811222", "siti@shop.example", "x")]
    siti, budi, other = [await floor.desk.customer_of(t.conversation) for t in talk]
    await floor.desk.rows("UPDATE customer SET name = 'Siti 100%' WHERE id = $1", siti)
    await floor.desk.rows("UPDATE customer SET name = 'Budi' WHERE id = $1", budi)
    assert await customers(floor, "SIT") == [siti]
    assert await customers(floor, "siti 100%") == [siti]
    assert await customers(floor, "%") == []
    assert await customers(floor, "+62 811-222") == [siti]
    assert await customers(floor, "Siti@Shop.example ") == [budi]
    assert await customers(floor, f"{other}") == [other]
    assert await customers(floor, "9" * 30) == []
    await floor.run(merge, siti, budi, SYSTEM, floor.book, NOW)
    assert await customers(floor, "siti") == [budi]
