import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from contactcenter.actions.publish import publish
from contactcenter.db.tail import Tail
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.workers.automations import Automations
from tests.contactcenter.automating import automation, automations, runs, said
from tests.contactcenter.floor import NOW, Floor

HELLO = {"act": "answer", "text": "Hello."}


@asynccontextmanager
async def at_work(floor: Floor, processes: int) -> AsyncIterator[None]:
    """So many processes' workers."""
    await floor.run(publish, floor.book.rules, "test", NOW)
    tasks: list[asyncio.Task[Any]] = []
    for _ in range(processes):
        tail, rulebook = Tail(floor.desk.database), RulebookInForce(floor.desk.database)
        await tail.start()
        await rulebook.load()
        worker = Automations(floor.desk.database, tail, rulebook, lambda: NOW, poll_s=0.05)
        tasks += [asyncio.create_task(run()) for run in (tail.run, worker.run)]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def ran(floor: Floor, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(10):
        while len(found := await runs(floor)) < count:  # noqa: ASYNC110 -- another task's work
            await asyncio.sleep(0.02)
    return found


async def test_two_processes_answer_each_message_once(floor: Floor) -> None:
    automations(floor, automation(do=HELLO))
    async with at_work(floor, 2):
        said_in = [(await floor.desk.say(str(n))).conversation for n in range(5)]
        await ran(floor, 5)
    assert [len(await said(floor, c)) for c in said_in] == [2] * 5


async def test_a_rule_that_fails_stops_neither_the_others_nor_what_follows(floor: Floor) -> None:
    automations(
        floor,
        automation("fails", do={"act": "assign", "agent": "nobody"}),
        automation("sound", do={"act": "tag", "tag": "seen"}),
    )
    async with at_work(floor, 1):
        await floor.desk.say("1")
        await floor.desk.say("2")
        found = await ran(floor, 4)
    assert sorted((run["automation"], run["outcome"]) for run in found) == [
        ("fails", "failed"),
        ("fails", "failed"),
        ("sound", "done"),
        ("sound", "done"),
    ]
