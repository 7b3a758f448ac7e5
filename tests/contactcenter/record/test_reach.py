from typing import Any

from contactcenter.record.reach import read_reach
from tests.contactcenter.floor import Floor


async def reached(floor: Floor, customer: int) -> list[tuple[Any, ...]]:
    found = await floor.run(read_reach, customer)
    return [(r.connection_name, r.channel, r.blocked, r.disabled) for r in found]


async def test_connections_of_long_ago_are_there_and_the_latest_used_is_first(floor: Floor) -> None:
    first = await floor.desk.say("1", by="web", channel="web")
    customer = await floor.desk.customer_of(first.conversation)
    await floor.desk.rows("UPDATE conversation SET state = 'closed'")
    second = await floor.desk.say("1", by="front")
    merged = await floor.desk.customer_of(second.conversation)
    await floor.desk.rows("UPDATE customer SET merged_into = $1 WHERE id = $2", customer, merged)

    assert await reached(floor, customer) == [
        ("front", "mobile", False, False),
        ("web", "web", False, False),
    ]
    assert await reached(floor, 4711) == []


async def test_what_is_blocked_or_disabled_is_said(floor: Floor) -> None:
    talk = await floor.desk.say("1")
    customer = await floor.desk.customer_of(talk.conversation)
    await floor.desk.rows("UPDATE identity SET blocked_at = now()")
    await floor.desk.rows("UPDATE connection SET disabled_at = now()")

    assert [r[2:] for r in await reached(floor, customer)] == [(True, True)]


async def test_an_identity_that_holds_everywhere_is_reached_by_each_connection_it_has_used(
    floor: Floor,
) -> None:
    talk = await floor.desk.say("1", by="web", channel="web")
    customer = await floor.desk.customer_of(talk.conversation)
    front = await floor.desk.channel("front")
    await floor.desk.rows("UPDATE identity SET scope = ''")
    await floor.desk.rows(
        "INSERT INTO interaction (id, conversation_id, number, kind, direction, channel,"
        " connection_id, identity_id, author_kind, text, occurred_at, received_at)"
        " SELECT id + 100, conversation_id, number + 1, kind, direction, 'mobile', $1,"
        " identity_id, author_kind, text, occurred_at, received_at FROM interaction",
        front,
    )
    assert [r[0] for r in await reached(floor, customer)] == ["front", "web"]
