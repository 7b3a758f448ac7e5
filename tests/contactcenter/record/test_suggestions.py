from typing import Any

import msgspec
import pytest

from contactcenter.actions.dismiss_merge import dismiss_merge, recall_merge
from contactcenter.actions.merge import merge
from contactcenter.model.caller import SYSTEM
from contactcenter.record.profile import read_root
from contactcenter.record.suggestions import SUGGESTED_MAX, read_suggestions
from tests.contactcenter.floor import NOW, Floor


class People:
    """Customers who are made as they are needed."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor

    async def make(
        self, name: str | None, *identities: tuple[str, str, str, bool], **attributes: str
    ) -> int:
        customer = await self.floor.desk.value(
            "INSERT INTO customer (name, attributes, created_at) VALUES ($1, $2, now())"
            " RETURNING id",
            name,
            msgspec.json.encode(attributes).decode(),
        )
        for identity in identities:
            await self.floor.desk.rows(
                "INSERT INTO identity (scheme, scope, value, verified, customer_id, since)"
                " VALUES ($1, $2, $3, $4, $5, now())",
                *identity,
                customer,
            )
        return customer

    async def suggested(self, customer: int) -> list[tuple[int, list[str]]]:
        return [
            (s.customer.id, [r.kind for r in s.reasons]) for s in await self.suggestions(customer)
        ]

    async def suggestions(self, customer: int) -> list[Any]:
        async def read(tx: Any) -> Any:
            return await read_suggestions(tx, await read_root(tx, customer))

        return (await self.floor.run(read)).items


@pytest.fixture
def people(floor: Floor) -> People:
    return People(floor)


PHONE = ("phone", "front", "+62811222333", False)


async def test_who_shares_a_value_a_number_an_attribute_or_a_name_is_suggested_and_why(
    people: People,
) -> None:
    me = await people.make(
        "Budi Santoso", PHONE, ("email", "", "budi@shop.example", True), spouse="ani@shop.example"
    )
    same = await people.make(None, ("phone", "other", "+62811222333", False))
    mail = await people.make(None, ("email", "host", "budi@shop.example", True))
    number = await people.make("budi santoso", ("phone", "other", "0811222333", False))
    attribute = await people.make(None, ("email", "other", "ani@shop.example", False))
    name = await people.make("BUDI SANTOSO")
    await people.make("Budi", ("visitor", "web", "abc", False), ("phone", "x", "333", False))

    assert await people.suggested(me) == [
        (mail, ["identity"]),
        (same, ["identity"]),
        (number, ["number", "name"]),
        (attribute, ["attribute"]),
        (name, ["name"]),
    ]
    assert (me, ["number", "name"]) in await people.suggested(number)


async def test_a_first_name_is_no_reason(people: People) -> None:
    me = await people.make("Budi")
    await people.make("Budi")
    assert await people.suggested(me) == []


async def test_who_is_merged_is_suggested_no_more_and_brings_their_reasons(
    floor: Floor, people: People
) -> None:
    me = await people.make(None, PHONE)
    same = await people.make(None, ("phone", "b", PHONE[2], False), ("email", "b", "a@b.c", False))
    third = await people.make(None, ("email", "c", "a@b.c", False))
    await floor.run(merge, same, me, SYSTEM, floor.book, NOW)
    assert await people.suggested(me) == [(third, ["identity"])]
    assert await people.suggested(third) == [(me, ["identity"])]


async def test_who_was_dismissed_is_not_suggested_again_until_that_is_recalled(
    floor: Floor, people: People
) -> None:
    me = await people.make(None, PHONE)
    other = await people.make(None, ("phone", "b", PHONE[2], False))
    await floor.run(dismiss_merge, me, other, SYSTEM, NOW)
    assert (await people.suggested(me), await people.suggested(other)) == ([], [])
    root = await people.make(None)
    await floor.run(merge, other, root, SYSTEM, floor.book, NOW)
    assert await people.suggested(me) == []
    await floor.run(recall_merge, root, me, SYSTEM, NOW)
    assert await people.suggested(me) == [(root, ["identity"])]


async def test_that_each_has_an_account_speaks_against_it(people: People) -> None:
    me = await people.make("Budi Santoso", ("account", "", "1", True))
    await people.make("Budi Santoso", ("account", "", "2", True))
    await people.make("Budi Santoso")
    assert [s.two_accounts for s in await people.suggestions(me)] == [True, False]


async def test_of_many_the_likeliest_are_suggested(people: People) -> None:
    me = await people.make("Budi Santoso", PHONE)
    for _ in range(SUGGESTED_MAX):
        await people.make("Budi Santoso")
    same = await people.make(None, ("phone", "b", PHONE[2], False))
    suggested = await people.suggested(me)
    assert (len(suggested), suggested[0]) == (SUGGESTED_MAX, (same, ["identity"]))
