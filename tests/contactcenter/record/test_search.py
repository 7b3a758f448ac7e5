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
        ("rout", [(1, 2), (0, 1)]),
        ("red rout", [(0, 1)]),
        ("blin red", []),
        ('"red sin', [(0, 1)]),
        ('"red sin"', []),
        ("red -invo", [(1, 1), (0, 1)]),
        ("budi@shop.ex", [(1, 1)]),
        ("budi", [(1, 1)]),
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


async def test_often_said_words_are_found_without_asking_for_all_that_was_ever_said(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = [await floor.desk.say("1", text) for text in ("first", "hello", "hello", "hello")]
    await floor.run(fill_search, 1000)
    monkeypatch.setattr("contactcenter.record.search.LATELY", 3)
    found = [await said(floor, words) for words in ("hello", "first")]
    assert found == [[(talk[0].conversation, number) for number in (4, 3, 2)], [(1, 1)]]


@pytest.fixture
async def people(floor: Floor) -> dict[str, int]:
    """Customers with names, numbers and addresses, by their first names."""
    found: dict[str, int] = {}
    for name, scheme, value in (
        ("Andreas O'Weber-Klein", "phone", "+62811004711"),
        ("Sandra Weber", "email", "sandra.klein@shop.example"),
        ("Dewi Andriani", "phone", "+628115550047"),
        ("Weber Andreas", "email", "w_andreas+x@post.example"),
    ):
        customer = await floor.desk.value(
            "INSERT INTO customer (name, created_at) VALUES ($1, now()) RETURNING id", name
        )
        await floor.desk.rows(
            "INSERT INTO identity (scheme, scope, value, customer_id, verified, since)"
            " VALUES ($1, 'front', $2, $3, false, now())",
            scheme,
            value,
            customer,
        )
        found[name.split()[0]] = customer
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("andr", ["Andreas", "Dewi", "Weber"]),
        ("ANDREAS", ["Andreas", "Weber"]),
        ("web andr", ["Andreas", "Weber"]),
        ("o'web", ["Andreas"]),
        ("weber-kl", ["Andreas"]),
        ("reas", []),
        ("4711", ["Andreas"]),
        ("0811 004 711", ["Andreas"]),
        ("+62 811-004711", ["Andreas"]),
        ("047", ["Dewi"]),
        ("47", []),
        ("klein@shop", ["Sandra"]),
        ("shop.exa", ["Sandra"]),
        ("klein", ["Andreas", "Sandra"]),
        ("w_andreas+x@post.example", ["Weber"]),
        ("' | ':* & (", []),
        ("@@", []),
    ],
)
async def test_customers_are_found_while_one_types(
    floor: Floor, people: dict[str, int], words: str, found: list[str]
) -> None:
    assert await customers(floor, words) == [people[name] for name in found]


async def test_whose_identity_it_is_comes_before_whose_name_is_so_and_pages_follow(
    floor: Floor, people: dict[str, int]
) -> None:
    await floor.desk.rows("UPDATE customer SET name = 'Budi 4711' WHERE name = 'Sandra Weber'")
    ids = [people[name] for name in ("Sandra", "Andreas")]
    assert await customers(floor, "4711") == ids
    first = await floor.run(search_customers, "4711", 0, 1)
    rest = await floor.run(search_customers, "4711", first.next, 1)
    assert ([c.id for c in first.items + rest.items], rest.next) == (ids, None)
    await floor.desk.rows("UPDATE customer SET name = '+62811004711' WHERE name = 'Dewi Andriani'")
    assert await customers(floor, "+62811004711") == [people["Andreas"], people["Dewi"]]


async def test_of_very_many_who_fit_only_some_are_looked_at(
    floor: Floor, people: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contactcenter.record.search.FITTING_MAX", 2)
    assert len(await customers(floor, "web")) == 2
    assert await customers(floor, f"{people['Weber']}") == [people["Weber"]]
