import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from random import Random

import msgspec
import pytest

from contactcenter.loadtest.checks import history
from contactcenter.loadtest.ledger import Ledger
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.model.work import WorkItem
from tests.contactcenter.clients import Desktop
from tests.contactcenter.conftest import Running, running
from tests.contactcenter.team import Member, Team

CAPACITY = 2
AGENTS = 3
CUSTOMERS = 40
NO_MORE_THAN_THEY_CAN = "no item has two offers, nobody is offered more than they can take"


@pytest.fixture
async def house(database_url: str, redis_url: str, rules: Rulebook) -> AsyncIterator[Running]:
    queues = {n: msgspec.structs.replace(q, wrap_up_s=0) for n, q in rules.queues.items()}
    book = Published(1, msgspec.structs.replace(rules, queues=queues))
    async with running(database_url, redis_url, book) as house:
        yield house


async def _work(desk: Desktop) -> None:
    """Accept each offer, and resolve what one has, late enough to be full most of the time."""
    heard = 0
    while True:
        for event in desk.events[heard:]:
            heard += 1
            fact = event["fact"]
            if fact["fact"] == "OfferMade":
                await desk.do("accept", offer=fact["offer"])
            elif fact["fact"] == "ItemAssigned":
                await asyncio.sleep(0.05)
                await desk.do("resolve", item=fact["item"], disposition="solved")
        await asyncio.sleep(0.01)


async def test_engine_offers_nobody_too_much_while_a_supervisor_assigns(house: Running) -> None:
    book = house.parts.rulebook.current
    team = Team(house.database, book, house.client, house.socket_url)
    agents: list[Member] = [await team.hire(capacity=CAPACITY) for _ in range(AGENTS)]
    supervisor, bot, chance = await team.hire("supervisor"), await team.bot(), Random(7)  # noqa: S311 -- which agent
    forced = 0

    async def assign(conversation: int) -> None:
        nonlocal forced
        async with house.database.snapshot() as tx:
            item = await tx.maybe(WorkItem, "items.read_live", [conversation])
        if item is None:
            return  # somebody was quicker, and has resolved it
        path = f"/v1/items/{item.id}/assign"
        body = {"agent": chance.choice(agents).id}
        answer = await house.client.post(path, json=body, headers=supervisor.headers)
        assert answer.status_code in (200, 201, 409), answer.text
        forced += answer.is_success

    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(agent.desktop()) for agent in agents]
        for desk in desks:
            await desk.done("presence", state="available")
        working = [asyncio.create_task(_work(desk)) for desk in desks]
        async with asyncio.TaskGroup() as group:
            for number in range(CUSTOMERS):
                said = await bot.hears(f"{number}")
                group.create_task(assign(said["conversation"]))
                await asyncio.sleep(chance.uniform(0, 0.03))
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    assert forced > CUSTOMERS / 4
    told = await history(house.database, Ledger(), {a.id: CAPACITY for a in agents})
    assert told[NO_MORE_THAN_THEY_CAN] == []
