import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from prometheus_client import REGISTRY

from contactcenter.actions.miss import decline
from contactcenter.actions.presence import set_presence
from contactcenter.actions.publish import publish
from contactcenter.actions.transfer import assign, transfer
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.errors import Refusal, Unavailable
from contactcenter.explanation import Explanation, NoRoom, Others, sentence
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.workers import router as module
from contactcenter.workers.router import Router
from tests.contactcenter.floor import Floor, accept, changed, channel, queue, resolve

PATIENCE_S = 10


def now() -> datetime:
    return datetime.now(UTC)


class Process:
    """A process of which only the router matters."""

    def __init__(self, name: str, database: Database) -> None:
        self.database = database
        self.tail = Tail(database)
        self.rulebook = RulebookInForce(database)
        self.router = Router(database, self.tail, self.rulebook, now, name)

    async def start(self) -> None:
        self.database.committed = lambda first, facts, _: self.tail.offer(first, facts)
        await self.rulebook.load()
        await self.tail.start()
        self.tail.follow(self.rulebook.read)
        runs = (self.tail.run, self.rulebook.run, self.router.run)
        self.tasks = [asyncio.create_task(run()) for run in runs]

    async def die(self) -> None:
        """At once, and without a word."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def stop(self) -> None:
        await self.die()
        await self.database.close()


Start = Callable[[str], Awaitable[Process]]


@pytest.fixture
async def start(database_url: str, floor: Floor) -> AsyncIterator[Start]:
    await floor.publish()
    floor.desk.book = floor.book
    processes: list[Process] = []

    async def start(name: str) -> Process:
        process = Process(name, await Database.open(database_url, size=4))
        processes.append(process)
        await process.start()
        return process

    yield start
    for process in processes:
        await process.stop()


async def until(true: Callable[[], Awaitable[Any]], patience_s: float = PATIENCE_S) -> None:
    async with asyncio.timeout(patience_s):
        while not await true():  # noqa: ASYNC110 -- what is waited for is in the database
            await asyncio.sleep(0.02)


def leads(process: Process) -> Callable[[], Awaitable[bool]]:
    async def true() -> bool:
        return process.router.leads

    return true


def offered(floor: Floor, item: int, agent: int | None = None) -> Callable[[], Awaitable[bool]]:
    async def true() -> bool:
        pending = [o for o in await floor.offers() if o[0] == item and o[2] == "pending"]
        return bool(pending) and agent in (None, pending[0][1])

    return true


async def ask(floor: Floor, who: str) -> int:
    return await floor.waiting(who, at=now())


def refusals(reason: str) -> float:
    name = "contactcenter_router_refused_total"
    return REGISTRY.get_sample_value(name, {"reason": reason}) or 0.0


async def test_what_waits_at_the_start_and_what_comes_later_is_offered(
    floor: Floor, start: Start
) -> None:
    agent = await floor.desk.person(capacity=2)
    first = await ask(floor, "1")
    await start("a")
    await until(offered(floor, first, agent))
    second = await ask(floor, "2")
    await until(offered(floor, second, agent))
    [made, _] = await floor.desk.rows(
        "SELECT sentence, explanation, rulebook_version FROM offer ORDER BY id"
    )
    why = msgspec.json.decode(str(made["explanation"]), type=Explanation)
    assert (why.item, why.winner, why.version) == (first, agent, floor.book.version)
    assert made["rulebook_version"] == floor.book.version
    assert made["sentence"] == sentence(why)


async def test_one_leads_and_when_it_dies_the_other_does(floor: Floor, start: Start) -> None:
    agent = await floor.desk.person(capacity=9)
    one = await start("a")
    await until(leads(one))
    other = await start("b")
    await until(offered(floor, await ask(floor, "1"), agent))
    assert not other.router.leads
    await one.die()
    await until(leads(other), 3)
    await until(offered(floor, await ask(floor, "2"), agent))
    assert [o[2] for o in await floor.offers()] == ["pending", "pending"]


async def test_who_leads_and_who_does_not_tell_the_same_of_what_still_waits(
    floor: Floor, start: Start
) -> None:
    agent = await floor.desk.person(capacity=1)
    one = await start("a")
    await until(leads(one))
    other = await start("b")
    first = await ask(floor, "1")
    await until(offered(floor, first, agent))
    assert await one.router.still_waiting(first) is None
    item = await ask(floor, "2")

    async def known() -> bool:
        return await one.router.still_waiting(item) is not None

    await until(known)
    for process in (one, other):
        told = await process.router.still_waiting(item)
        assert told is not None
        assert told.reasons == [Others(1, NoRoom("mobile"))]
        assert (told.ahead, told.only, told.rests_us) == (0, None, 0)
        assert await process.router.still_waiting(first) is None


async def test_who_ends_cleanly_gives_the_lease_back(start: Start) -> None:
    one = await start("a")
    await until(leads(one))
    other = await start("b")
    await one.die()
    await one.router.release()
    await until(leads(other), 1)
    assert not one.router.leads


async def test_leader_that_was_frozen_and_wakes_writes_nothing(
    floor: Floor, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has proposed, and before the proposal is carried out another has taken the lease."""
    agent = await floor.desk.person(capacity=9)
    one = await start("a")
    await until(leads(one))
    proposed, thaw, never = asyncio.Event(), asyncio.Event(), asyncio.Event()
    extend = one.router._extend

    async def no_renewal() -> None:
        await never.wait()

    async def hold(*args: Any) -> Any:
        proposed.set()
        await thaw.wait()
        return await extend(*args)

    with monkeypatch.context() as frozen:
        frozen.setattr(one.router, "_take", no_renewal)
        frozen.setattr(one.router, "_extend", hold)
        item = await ask(floor, "1")
        await proposed.wait()
        await floor.desk.rows("UPDATE lease SET expires_at = now() - interval '1 second'")
        assert await floor.lead() == 2
        thaw.set()
        await until(lambda: _not(leads(one)()))
    never.set()
    assert await floor.offers() == []
    other = await start("b")
    await floor.desk.rows("UPDATE lease SET expires_at = now() - interval '1 second'")
    await until(offered(floor, item, agent))
    assert [one.router.leads, other.router.leads].count(True) == 1
    assert len(await floor.offers()) == 1


async def _not(true: Awaitable[bool]) -> bool:
    return not await true


async def test_leader_whose_lease_ended_without_a_taker_leads_under_a_new_epoch(
    floor: Floor, start: Start
) -> None:
    one = await start("a")
    await until(leads(one))
    await floor.desk.rows("UPDATE lease SET expires_at = now() - interval '1 second'")

    async def renewed() -> bool:
        return await floor.desk.value("SELECT epoch FROM lease") == 2

    await until(renewed)
    await until(leads(one))


async def test_database_that_is_away_makes_no_leader(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> None:
        raise Unavailable("away")

    one = await start("a")
    await until(leads(one))
    monkeypatch.setattr(one.database, "run", away)
    await until(lambda: _not(leads(one)()))
    await one.router.release()


async def test_proposals_that_fail_end_the_leadership_for_a_moment(
    floor: Floor, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter(range(2))
    extend = module.extend

    async def fails_twice(*args: Any) -> Any:
        if next(left, None) is not None:
            raise ZeroDivisionError
        return await extend(*args)

    monkeypatch.setattr(module, "extend", fails_twice)
    agent = await floor.desk.person()
    await start("a")
    await until(offered(floor, await ask(floor, "1"), agent))


async def test_agent_whom_the_database_refuses_is_passed_over(floor: Floor, start: Start) -> None:
    first = await floor.desk.person()
    await floor.desk.rows("UPDATE agent SET idle_since = idle_since - interval '1 hour'")
    second = await floor.desk.person()
    one = await start("a")
    await until(leads(one))
    await floor.desk.rows("UPDATE agent SET capacity = 0 WHERE id = $1", first)
    reason = "the agent has no capacity left"
    before = refusals(reason)
    await until(offered(floor, await ask(floor, "1"), second))
    assert refusals(reason) - before == 1


async def test_item_that_the_database_refuses_rests(floor: Floor, start: Start) -> None:
    await floor.desk.person()
    one = await start("a")
    await until(leads(one))
    one.tail.offer = lambda *_: None
    item = await floor.waiting("1", at=now())
    await floor.desk.rows("UPDATE work_item SET state = 'bot' WHERE id = $1", item)
    before = refusals("the item no longer waits")

    async def refused() -> bool:
        return refusals("the item no longer waits") > before

    await until(refused)
    assert await floor.offers() == []


async def test_giver_is_not_offered_at_once_what_they_passed_on(floor: Floor, start: Start) -> None:
    agent = await floor.desk.person()
    await start("a")
    item = await ask(floor, "1")
    await until(offered(floor, item, agent))
    offer = await floor.desk.value("SELECT id FROM offer")
    await floor.run(accept, agent, offer, floor.book, now())
    to = {"queue": "care", "to_agent": None, "note": None, "book": floor.book, "now": now()}
    await floor.run(transfer, agent, item, **to)
    await until(offered(floor, await ask(floor, "2"), agent))
    assert await floor.state(item) == "queued"


async def test_published_rulebook_changes_decisions_without_a_restart(
    floor: Floor, start: Start
) -> None:
    rules = queue(floor.book.rules, "care", sticky_wait=True, sticky_patience_s=600)
    await floor.run(publish, rules, "me", now())
    wanted, other = await floor.desk.person(capacity=0), await floor.desk.person()
    item = await ask(floor, "1")
    await floor.desk.rows(
        "UPDATE work_item SET sticky_agent_id = $1, sticky_until = now() + interval '1 hour'",
        wanted,
    )
    one = await start("a")
    await until(leads(one))
    await until(offered(floor, await ask(floor, "2"), other))
    assert await floor.state(item) == "queued"
    await floor.run(publish, queue(rules, "care", sticky_wait=False), "me", now())
    await until(offered(floor, item, other))


async def test_work_under_way_counts_as_before_when_its_channel_weighs_less(
    floor: Floor, start: Start
) -> None:
    """Engine and record agree: what the agent has not the room for is not even proposed."""
    light = queue(floor.book.rules, "care", wrap_up_s=0)
    await floor.run(publish, channel(light, "mobile", weight=2), "me", now())
    agent = await floor.desk.person(capacity=3)
    one = await start("a")
    heavy = await ask(floor, "1")
    await until(offered(floor, heavy, agent))
    offer = await floor.desk.value("SELECT id FROM offer")
    await floor.run(accept, agent, offer, one.rulebook.current, now())
    reason = "the agent has no capacity left"
    before = refusals(reason)
    second, third = await ask(floor, "2"), await ask(floor, "3")
    await floor.run(publish, light, "me", now())
    await until(offered(floor, second, agent))
    assert await floor.state(third) == "queued"
    await floor.run(resolve, agent, heavy, "solved", one.rulebook.current, now())
    await until(offered(floor, third, agent))
    assert refusals(reason) == before
    weights = await floor.desk.rows("SELECT full_weight FROM work_item ORDER BY id")
    assert [row["full_weight"] for row in weights] == [2, 1, 1]


async def ids(floor: Floor, query: str, *args: object) -> list[int]:
    async with floor.desk.database.snapshot() as tx:
        return await tx.many(int, query, *args)


class Storm:
    """Agents who take, finish, decline and leave; a supervisor who assigns; an inspector."""

    def __init__(self, floor: Floor, seed: int) -> None:
        self.floor = floor
        self.chance = random.Random(seed)  # noqa: S311 -- no secret
        self.agents: list[int] = []
        self.ending = asyncio.Event()

    async def often(self, pause_s: float, act: Callable[[], Awaitable[None]]) -> None:
        while not self.ending.is_set():
            await asyncio.sleep(self.chance.random() * pause_s)
            with suppress(Refusal):
                await act()

    def agent(self, agent: int) -> Callable[[], Awaitable[None]]:
        floor = self.floor

        async def act() -> None:
            pending = await ids(floor, "offers.pending_of_agents", [agent])
            mine = await ids(floor, "items.of_agents", [agent])
            die = self.chance.random()
            if die < 0.1:
                await floor.run(set_presence, agent, "away", "lunch", floor.book, now())
                await floor.run(set_presence, agent, "available", None, floor.book, now())
            elif pending and die < 0.8:
                answer = accept if die < 0.6 else decline
                await floor.run(answer, agent, pending[0], floor.book, now())
            elif mine and die < 0.95:
                done = floor.run(resolve, agent, mine[0], "solved", floor.book, now())
                await asyncio.gather(done, self.supervise(agent), return_exceptions=True)

        return act

    async def supervise(self, agent: int) -> None:
        """Whoever gets free is given something at the very moment, now and then."""
        live = await ids(self.floor, "routing.items")
        if live and self.chance.random() < 0.5:
            item = self.chance.choice(live)
            await self.floor.run(assign, 9, item, agent, self.floor.book, now())

    async def customers(self, count: int) -> None:
        """More than the agents can take, so that whoever gets free is offered something."""
        for turn in range(count):
            await self.floor.desk.say(f"c{turn}", at=now())

    async def raged(self) -> bool:
        facts = await self.floor.facts()
        orders = [f for f in await self.floor.desk.facts("ItemAssigned") if "by" in f]
        return facts.count("OfferMade") >= 40 and len(orders) >= 10

    async def too_much(self) -> list[tuple[int, int]]:
        """Offers that were more than their agent could take then, in the order of the commits."""
        carried: dict[int, tuple[int, int]] = {}
        capacity = {
            row["id"]: row["least"]
            for row in await self.floor.desk.rows(
                "SELECT id, least(capacity, (ceilings ->> 'mobile')::integer) FROM agent"
            )
        }
        found: list[tuple[int, int]] = []
        for row in await self.floor.desk.rows("SELECT fact::text FROM log ORDER BY seq"):
            fact = msgspec.json.decode(str(row["fact"]))
            match fact["fact"]:
                case "OfferMade":
                    agent = fact["agent"]
                    carried[fact["item"]] = agent, fact["weight"]
                    if sum(w for a, w in carried.values() if a == agent) > capacity[agent]:
                        found.append((fact["offer"], agent))
                case "ItemAssigned":
                    carried[fact["item"]] = fact["agent"], fact["weight"]
                case "OfferEnded" | "ItemDone" | "ItemQueued":
                    carried.pop(fact["item"], None)
        return found


async def test_storm_never_exceeds_a_capacity(floor: Floor, start: Start) -> None:
    """Two routers offer while a supervisor assigns at the very moment: no offer is more than its
    agent can take, with all that was forced on them."""
    rules = changed(queue(floor.book.rules, "care", wrap_up_s=0), offers={"cooldown_s": 0})
    floor.book = type(floor.book)(2, rules)
    await floor.publish()
    storm = Storm(floor, seed=4)
    storm.agents = [await floor.desk.person(capacity=1 + n % 2) for n in range(6)]
    await floor.desk.rows(
        "UPDATE agent SET ceilings = '{\"mobile\": 1}' WHERE id = $1", storm.agents[-1]
    )
    for name in ("a", "b"):
        await start(name)
    doing = asyncio.gather(*(storm.often(0.03, storm.agent(agent)) for agent in storm.agents))
    await storm.customers(60)
    await until(storm.raged)
    storm.ending.set()
    await doing
    assert await storm.too_much() == []


async def test_memory_is_loaded_again_after_a_fact_of_a_later_version(
    floor: Floor, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RELOAD_S", 0)
    process = await start("a")
    await until(leads(process))
    item = await ask(floor, "1")
    agent = await floor.desk.person()  # of whom no fact that is known here tells
    later = '{"fact": "MoonRisen", "at": "2030-01-01T00:00:00Z"}'
    await floor.desk.value("SELECT first_seq FROM log_append(ARRAY[$1::json])", later)
    await until(offered(floor, item, agent))
