from typing import Any

import pytest

from contactcenter.errors import NotFound
from contactcenter.record.timeline import (
    read_conversation,
    read_conversations,
    read_interactions,
    read_live_item,
    read_timeline,
)

END = 2**63 - 1


async def test_a_page_that_ends_with_the_last_item_has_no_next(desk: Any) -> None:
    for place in range(4):
        said = await desk.say("1", f"{place}")
    customer = await desk.customer_of(said.conversation)

    async with desk.database.snapshot() as tx:
        whole = await read_timeline(tx, customer, END, 4)
        part = await read_timeline(tx, customer, END, 3)
        rest = await read_timeline(tx, customer, part.next or 0, 3)

    assert [i.text for i in whole.items] == ["3", "2", "1", "0"]
    assert (whole.next, rest.next) == (None, None)
    assert [i.text for i in part.items + rest.items] == ["3", "2", "1", "0"]


async def test_what_is_said_while_pages_are_turned_shifts_none_of_them(desk: Any) -> None:
    for place in range(4):
        said = await desk.say("1", f"{place}")
    customer = await desk.customer_of(said.conversation)
    async with desk.database.snapshot() as tx:
        first = await read_timeline(tx, customer, END, 2)
    await desk.say("1", "new")

    async with desk.database.snapshot() as tx:
        second = await read_timeline(tx, customer, first.next or 0, 2)

    assert [i.text for i in first.items + second.items] == ["3", "2", "1", "0"]


async def test_a_long_conversation_hides_no_short_one(desk: Any) -> None:
    long = await desk.say("1", "a1")
    short = await desk.say("2", "b1")
    for place in range(5):
        await desk.say("1", f"a{place + 2}")
    customer = await desk.customer_of(long.conversation)
    await desk.rows(
        "UPDATE conversation SET state = 'closed', party_id = $2 WHERE id = $1",
        short.conversation,
        customer,
    )

    async with desk.database.snapshot() as tx:
        first = await read_timeline(tx, customer, END, 3)
        second = await read_timeline(tx, customer, first.next or 0, 3)
        third = await read_timeline(tx, customer, second.next or 0, 3)

    texts = [[i.text for i in page.items] for page in (first, second, third)]
    assert texts == [["a6", "a5", "a4"], ["a3", "a2", "b1"], ["a1"]]


async def test_authors_are_named_by_what_they_are(desk: Any) -> None:
    said = await desk.say("1", "hello")
    agent = await desk.person()
    key, _ = await desk.key()
    for number, (kind, author) in enumerate((("agent", agent), ("bot", key), ("system", None)), 2):
        await desk.rows(
            "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
            " author_kind, author_id, text, occurred_at, received_at) VALUES"
            " (nextval('interaction_id'), $1, $2, 'message', 'outbound', 'web', $3, $4, '',"
            " now(), now())",
            said.conversation,
            number,
            kind,
            author,
        )

    async with desk.database.snapshot() as tx:
        page = await read_interactions(tx, said.conversation, 1, 10)

    person = await desk.value("SELECT name FROM person WHERE id = $1", agent)
    bot = await desk.value("SELECT name FROM api_key WHERE id = $1", key)
    assert [i.author_name for i in page.items] == [person, bot, None]


async def test_a_nameless_customer_is_named_after_the_one_they_are_known_as(desk: Any) -> None:
    said = await desk.say("1")
    root = await desk.value(
        "INSERT INTO customer (name, created_at) VALUES ('Ani', now()) RETURNING id"
    )
    await desk.rows("UPDATE conversation SET party_id = $1", root)

    async with desk.database.snapshot() as tx:
        page = await read_interactions(tx, said.conversation, 0, 10)
        timeline = await read_timeline(tx, root, END, 10)

    assert [i.author_name for i in page.items + timeline.items] == ["Ani", "Ani"]


async def test_a_conversation_says_how_it_began_and_how_it_stands(desk: Any) -> None:
    said = await desk.say("1", channel="mobile")
    customer = await desk.customer_of(said.conversation)
    await desk.rows(  # a note, which reaches nobody
        "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
        " author_kind, text, occurred_at, received_at) VALUES"
        " (nextval('interaction_id'), $1, 2, 'note', 'internal', 'desktop', 'agent', '',"
        " now(), now())",
        said.conversation,
    )
    await desk.rows("UPDATE conversation SET last_number = 2")

    async with desk.database.snapshot() as tx:
        one = await read_conversation(tx, said.conversation)
        page = await read_conversations(tx, customer, END, 10)

    assert (one.customer, one.began_as, one.channel) == (customer, customer, "mobile")
    assert page.items == [one]


async def test_work_that_has_ended_is_not_live(desk: Any) -> None:
    said = await desk.say("1")
    await desk.rows("UPDATE work_item SET state = 'done'")

    async with desk.database.snapshot() as tx:
        assert await read_live_item(tx, said.conversation) is None


async def test_an_unknown_conversation_is_not_found(desk: Any) -> None:
    async with desk.database.snapshot() as tx:
        with pytest.raises(NotFound):
            await read_conversation(tx, 4711)


async def test_what_was_said_names_the_connection_by_which_it_came(desk: Any) -> None:
    said = await desk.say("1", by="shop", channel="web")

    async with desk.database.snapshot() as tx:
        [found] = (await read_interactions(tx, said.conversation, 0, 10)).items

    assert found.connection == await desk.channel("shop", "web")
