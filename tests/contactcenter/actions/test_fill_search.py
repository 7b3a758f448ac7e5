import asyncio

from contactcenter.actions.fill_search import fill_search
from tests.contactcenter.floor import Floor


async def words(floor: Floor) -> int:
    return await floor.desk.value("SELECT count(*) FROM search_text")


async def test_each_interaction_is_taken_once_a_portion_at_a_time(floor: Floor) -> None:
    for who in "abc":
        await floor.desk.say(who)
    facts = await floor.quiet()
    assert await floor.run(fill_search, 2) == 2
    while await floor.run(fill_search, 2):
        pass
    assert await words(floor) == 3
    assert await floor.desk.value("SELECT seq FROM log_cursor WHERE reader = 'search'") == facts
    assert await floor.run(fill_search, 2) == 0


async def test_two_processes_take_nothing_twice_and_pass_nothing_by(floor: Floor) -> None:
    for who in range(20):
        await floor.desk.say(str(who))
    while sum(await asyncio.gather(*(floor.run(fill_search, 3) for _ in range(4)))):
        pass
    assert await words(floor) == 20
