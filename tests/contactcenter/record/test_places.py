from datetime import UTC, datetime, timedelta

from contactcenter.model.rulebook import Published
from contactcenter.record.places import QueuePlace, read_places
from tests.contactcenter.floor import NOW, Floor, accept, queue


async def places(floor: Floor, *items: int) -> list[QueuePlace]:
    conversations = [(await floor.item(item))["conversation_id"] for item in items]
    return await floor.run(read_places, conversations, floor.book.rules, NOW + timedelta(minutes=5))


async def test_who_waits_stands_where_the_engine_would_take_them(floor: Floor) -> None:
    first = await floor.waiting("a")
    second = await floor.waiting("b", at=NOW + timedelta(seconds=10))
    assert [(p.position, p.expected_wait_s) for p in await places(floor, first, second)] == [
        (1, None),
        (2, None),
    ]
    await floor.desk.rows("UPDATE work_item SET head_start_us = 60000000 WHERE id = $1", second)
    assert [p.position for p in await places(floor, first)] == [2]
    await floor.desk.rows("UPDATE work_item SET queue = 'fiber' WHERE id = $1", second)
    assert [p.position for p in await places(floor, first, second)] == [1, 1]


async def test_whoever_is_answered_waits_no_more(floor: Floor) -> None:
    item = await floor.active(await floor.desk.person())
    assert await places(floor, item) == []
    assert await floor.run(read_places, [], floor.book.rules, NOW) == []


async def test_the_wait_is_that_of_the_last_minutes(floor: Floor) -> None:
    agent = await floor.desk.person(capacity=9)
    last = await floor.waiting("last", at=NOW + timedelta(seconds=1))
    for who in "abc":
        item = await floor.waiting(who)
        assert [p.expected_wait_s for p in await places(floor, last)] == [None]
        await floor.run(accept, agent, await floor.offer(item, agent), floor.book, NOW)
    # Three in ten minutes: the next in 200 s.
    assert [(p.position, p.expected_wait_s) for p in await places(floor, last)] == [(1, 240)]


async def test_while_it_is_closed_the_opening_is_told_instead_of_the_wait(floor: Floor) -> None:
    floor.book = Published(2, queue(floor.book.rules, "care", calendar="office"))
    item = await floor.waiting()  # on a Saturday
    [place] = await places(floor, item)
    assert (place.position, place.expected_wait_s) == (1, None)
    assert place.opens_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
