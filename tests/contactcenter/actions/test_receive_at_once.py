"""Several processes at the same customers at once: afterwards the record holds together."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from contactcenter.actions.extend import extend
from contactcenter.actions.idle import item_idle
from contactcenter.actions.merge import merge, unmerge
from contactcenter.actions.miss import decline, lapse
from contactcenter.actions.presence import grace_ended, set_presence
from contactcenter.actions.receive import Inbound, Received, receive
from contactcenter.actions.transfer import assign, requeue, transfer
from contactcenter.actions.wrap_up import finish_wrap_up, wrap_up_ended
from contactcenter.db.database import Database
from contactcenter.errors import Refusal
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.floor import accept, proposal, reply, resolve
from tests.contactcenter.invariants import broken

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PROCESSES = 4
CUSTOMERS = 12
STORM_S = 10


@pytest.fixture
async def processes(database_url: str, desk: Any) -> AsyncIterator[list[Database]]:
    await desk.rows(
        "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
        " || ' SET deadlock_timeout = ''50ms'''; END $$"
    )
    opened = [await Database.open(database_url, size=4) for _ in range(PROCESSES)]
    yield opened
    for database in opened:
        await database.close()


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- chance that a seed replays


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_four_processes_receive_each_thing_is_taken_once(
    desk: Any, processes: list[Database], seed: int
) -> None:
    """Batches overlap in keys, in new identities and in conversations."""
    chosen = chance(seed)
    said = [await desk.inbound(f"+62{chosen.randrange(30)}", f"text {n}") for n in range(240)]
    told: dict[str, list[Received]] = {}

    async def run(database: Database, batches: list[list[Inbound]]) -> None:
        for batch in batches:
            results = await database.run(lambda tx, b=batch: receive(tx, b, desk.book, NOW))
            for inbound, result in zip(batch, results, strict=True):
                assert isinstance(result, Received)
                told.setdefault(inbound.key, []).append(result)

    def batches() -> list[list[Inbound]]:
        mixed = chosen.sample(said, 160)
        sizes = [chosen.randint(1, 25) for _ in range(12)]
        return [[mixed.pop() for _ in range(min(size, len(mixed)))] for size in sizes]

    await asyncio.gather(*(run(database, batches()) for database in processes))

    assert await broken(desk.database) == []
    for key, results in told.items():
        first = [r for r in results if not r.duplicate]
        places = {msgspec.structs.replace(r, duplicate=False) for r in results}
        assert (len(first), len(places)) == (1, 1), key
    assert await desk.value("SELECT count(*) FROM interaction") == len(told)
    assert await desk.value("SELECT count(*) FROM customer") == len(
        {i.identity.key for i in said if i.key in told}
    )


Deed = Callable[[Database, random.Random], Awaitable[object]]


class Floor:
    """All that is done at once to a few customers, agents and their work."""

    def __init__(self, desk: Any, agents: list[int], lease: int) -> None:
        self.desk, self.book = desk, desk.book
        self.agents = agents
        self.lease = lease
        self.done: dict[str, int] = {}
        self.inbounds: list[Inbound] = []

    async def ids(self, database: Database, sql: str) -> list[int]:
        return [row[0] for row in await database._pool.fetch(sql)]

    async def one(self, database: Database, dice: random.Random, sql: str) -> Any:
        rows = await database._pool.fetch(sql)
        if not rows:
            raise Refusal("there is none")
        return dice.choice(rows)

    async def receive(self, database: Database, dice: random.Random) -> None:
        batch = [
            msgspec.structs.replace(i, key=f"k{dice.random()}")
            for i in dice.sample(self.inbounds, dice.randint(1, CUSTOMERS))
        ]
        await database.run(lambda tx: receive(tx, batch, self.book, NOW))

    async def reply(self, database: Database, dice: random.Random) -> None:
        item, agent = await self.one(
            database, dice, "SELECT id, agent_id FROM work_item WHERE state = 'active'"
        )
        await database.run(
            lambda tx: reply(
                tx, agent, item, "yes", seen=10**6, connection_id=None, book=self.book, now=NOW
            )
        )

    async def resolve(self, database: Database, dice: random.Random) -> None:
        item, agent, state = await self.one(
            database,
            dice,
            "SELECT id, agent_id, state FROM work_item WHERE state IN ('active', 'wrapup')",
        )
        if state == "active":
            await database.run(lambda tx: resolve(tx, agent, item, "solved", self.book, NOW))
        else:
            await database.run(lambda tx: finish_wrap_up(tx, agent, item, NOW))

    async def offer(self, database: Database, dice: random.Random) -> None:
        items = await self.ids(database, "SELECT id FROM work_item WHERE state = 'queued'")
        dice.shuffle(items)
        proposals = [proposal(item, dice.choice(self.agents)) for item in items[:5]]
        await database.run(lambda tx: extend(tx, proposals, self.lease, self.book, NOW))

    async def answer(self, database: Database, dice: random.Random) -> None:
        offer, agent = await self.one(
            database, dice, "SELECT id, agent_id FROM offer WHERE state = 'pending'"
        )
        if dice.random() < 0.7:
            await database.run(lambda tx: accept(tx, agent, offer, self.book, NOW))
        else:
            await database.run(lambda tx: decline(tx, agent, offer, self.book, NOW))

    async def give(self, database: Database, dice: random.Random) -> None:
        [item] = await self.one(database, dice, "SELECT id FROM work_item WHERE ended_at IS NULL")
        agent = dice.choice(self.agents)
        if dice.random() < 0.5:
            await database.run(lambda tx: assign(tx, 1, item, agent, self.book, NOW))
        else:
            await database.run(lambda tx: requeue(tx, item, None, SYSTEM, self.book, NOW))

    async def transfer(self, database: Database, dice: random.Random) -> None:
        item, agent = await self.one(
            database, dice, "SELECT id, agent_id FROM work_item WHERE state = 'active'"
        )
        await database.run(
            lambda tx: transfer(
                tx, agent, item, queue="care", to_agent=None, note="n", book=self.book, now=NOW
            )
        )

    async def merge(self, database: Database, dice: random.Random) -> None:
        customers = await self.ids(database, "SELECT id FROM customer")
        loser, winner = dice.sample(customers, 2)
        await database.run(lambda tx: merge(tx, loser, winner, SYSTEM, self.book, NOW))

    async def unmerge(self, database: Database, dice: random.Random) -> None:
        [customer] = await self.one(
            database, dice, "SELECT id FROM customer WHERE merged_into IS NOT NULL"
        )
        await database.run(lambda tx: unmerge(tx, customer, SYSTEM, NOW))

    async def presence(self, database: Database, dice: random.Random) -> None:
        agent = dice.choice(self.agents)
        presence = dice.choice(["available", "available", "away", "offline"])
        await database.run(lambda tx: set_presence(tx, agent, presence, "lunch", self.book, NOW))

    async def timers(self, database: Database, dice: random.Random) -> None:
        kind, effect = dice.choice(
            [
                ("offer_lapse", lapse),
                ("wrapup_end", wrap_up_ended),
                ("item_idle", item_idle),
                ("agent_grace", grace_ended),
            ]
        )
        rows = await database._pool.fetch(
            "SELECT subject, generation FROM timer WHERE kind = $1", kind
        )
        rings = dict(dice.sample([tuple(r) for r in rows], min(len(rows), dice.randint(1, 6))))
        await database.run(lambda tx: effect(tx, rings, self.book, NOW))

    async def stale_timers(self, database: Database, dice: random.Random) -> None:
        """Rings of work that may have ended long ago: its conversations are locked all the same."""
        items = await self.ids(database, "SELECT id FROM work_item")
        rings = dict.fromkeys(dice.sample(items, min(len(items), 6)), 0)
        await database.run(lambda tx: wrap_up_ended(tx, rings, self.book, NOW))

    async def storm(self, database: Database, deeds: list[Deed], seed: int, until: float) -> None:
        dice = chance(seed)
        clock = asyncio.get_running_loop().time
        while clock() < until:
            deed = dice.choice(deeds)
            try:
                await deed(database, dice)
            except Refusal:
                continue
            self.done[deed.__name__] = self.done.get(deed.__name__, 0) + 1


def deadlocks() -> float:
    name = "contactcenter_transaction_repeats_total"
    return REGISTRY.get_sample_value(name, {"reason": "DeadlockDetectedError"}) or 0


async def test_a_storm_of_everything_at_once_meets_no_deadlock(
    desk: Any, processes: list[Database]
) -> None:
    agents = [await desk.person(capacity=2) for _ in range(4)]
    lease = await desk.database.run(lambda tx: tx.one(int, "leases.take", "router", "x", 600.0))
    floor = Floor(desk, agents, lease)
    floor.inbounds = [await desk.inbound(f"+62{n}") for n in range(CUSTOMERS)]
    deeds = [
        floor.receive,
        floor.receive,
        floor.receive,
        floor.reply,
        floor.resolve,
        floor.resolve,
        floor.offer,
        floor.answer,
        floor.answer,
        floor.give,
        floor.transfer,
        floor.merge,
        floor.unmerge,
        floor.presence,
        floor.timers,
        floor.stale_timers,
    ]
    await desk.database.run(lambda tx: receive(tx, floor.inbounds, desk.book, NOW))
    before = deadlocks()
    until = asyncio.get_running_loop().time() + STORM_S

    await asyncio.gather(
        *(floor.storm(processes[n % PROCESSES], deeds, n, until) for n in range(2 * PROCESSES))
    )

    assert set(floor.done) == {deed.__name__ for deed in deeds}, "everything happened"
    assert deadlocks() == before
    assert await broken(desk.database) == []
