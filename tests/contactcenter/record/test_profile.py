from datetime import UTC, datetime
from typing import Any

import pytest

from contactcenter.actions.merge import merge
from contactcenter.db.queries import QUERIES
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.record.profile import find_by_identity, find_by_name, read_360

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("conversations", [1, 30])
async def test_everything_about_a_customer_takes_as_many_statements_however_much_there_is(
    desk: Any, monkeypatch: pytest.MonkeyPatch, conversations: int
) -> None:
    customer = await desk.customer_of((await desk.say("1")).conversation)
    await desk.rows(
        "INSERT INTO conversation (customer_id, party_id, state, opened_at)"
        " SELECT $1, $1, 'closed', now() FROM generate_series(2, $2)",
        customer,
        conversations,
    )
    asked: list[str] = []

    class Counted(dict[str, str]):
        def __getitem__(self, name: str) -> str:
            asked.append(name)
            return super().__getitem__(name)

    monkeypatch.setattr("contactcenter.db.tx.QUERIES", Counted(QUERIES))
    async with desk.database.snapshot() as tx:
        seen = await read_360(tx, customer, 30)

    assert len(seen.conversations.items) == conversations
    assert len(asked) == 9


async def test_a_value_is_found_in_whatever_scope_it_is_known(desk: Any) -> None:
    first = await desk.customer_of((await desk.say("1", by="front")).conversation)
    second = await desk.customer_of((await desk.say("1", by="site", channel="web")).conversation)

    async with desk.database.snapshot() as tx:
        found = await find_by_identity(tx, "phone", "1", 0, 10)
        other = await find_by_identity(tx, "mail", "1", 0, 10)

    assert [c.id for c in found.items] == [first, second]
    assert other.items == []


async def test_whoever_has_two_of_the_wanted_names_is_found_once(desk: Any) -> None:
    root = await desk.value(
        "INSERT INTO customer (name, created_at) VALUES ('Ani', now()) RETURNING id"
    )
    await desk.rows(
        "INSERT INTO customer (name, merged_into, created_at) VALUES ('Anita', $1, now())", root
    )

    async with desk.database.snapshot() as tx:
        found = await find_by_name(tx, "ani", 0, 10)

    assert [c.id for c in found.items] == [root]


async def test_a_found_customer_is_shown_with_their_open_conversation(desk: Any) -> None:
    said = await desk.say("1")

    async with desk.database.snapshot() as tx:
        found = await find_by_identity(tx, "phone", "1", 0, 10)

    assert [c.open_conversation for c in found.items] == [said.conversation]


async def test_there_is_nothing_about_nobody(desk: Any) -> None:
    async with desk.database.snapshot() as tx:
        with pytest.raises(NotFound):
            await read_360(tx, 4711, 10)


async def test_it_is_said_who_merged_whom_and_when(desk: Any) -> None:
    root = await desk.customer_of((await desk.say("1")).conversation)
    joined = await desk.customer_of((await desk.say("2")).conversation)
    merged = await desk.customer_of((await desk.say("3")).conversation)
    by = await desk.person()
    await desk.rows("UPDATE customer SET merged_into = $1 WHERE id = $2", root, joined)
    await desk.database.run(lambda tx: merge(tx, merged, root, Actor("person", by), desk.book, NOW))

    async with desk.database.snapshot() as tx:
        seen = await read_360(tx, root, 10)

    name = await desk.value("SELECT name FROM person")
    assert [(m.id, m.merged_at, m.merged_by) for m in seen.merged] == [
        (joined, None, None),
        (merged, NOW, name),
    ]
