"""One run: traffic, faults, a settling, and the verdict."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from random import Random
from typing import Annotated

import httpx
import msgspec

from contactcenter import foundation
from contactcenter.actions.connections import NewConnection, create_connection
from contactcenter.bench.place import Place, place
from contactcenter.clock import clock
from contactcenter.db.database import Database
from contactcenter.errors import Unavailable
from contactcenter.loadtest.agents import Agent
from contactcenter.loadtest.checks import Findings, history, standing
from contactcenter.loadtest.customers import (
    ANSWER_S_MAX,
    VISITORS_SHARE,
    BotsCustomer,
    Customer,
    Visitor,
)
from contactcenter.loadtest.faults import FAULTS, Ground
from contactcenter.loadtest.fleet import Fleet, fleet
from contactcenter.loadtest.ledger import Ledger
from contactcenter.model.caller import SYSTEM
from contactcenter.model.rulebook import Rulebook

SERVERS = 2
CAPACITY = 3
PAUSE_S = 2.0
"""How long a customer is silent, on average, between two things that they say."""

PROGRESS_S = 1.0
STUCK_S = 20.0
"""Work of which nothing moves for so long, once nothing is broken, is stuck."""

GONE_S_MAX = 5.0
APP = "app"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`rate`: things said per second, by all customers together, while nothing is broken."""

    seconds: Annotated[float, msgspec.Meta(ge=1, le=3600)]
    rate: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    agents: Annotated[int, msgspec.Meta(ge=1, le=500)]
    kill_every: Annotated[float, msgspec.Meta(ge=0.1, le=3600)]
    fault: str
    seed: int


class Verdict(msgspec.Struct, frozen=True):
    """`findings`: by rule, what breaks it; a rule that holds has none."""

    counts: dict[str, int]
    findings: Findings

    @property
    def broken(self) -> Findings:
        """Only the rules that do not hold."""
        return {rule: rows for rule, rows in self.findings.items() if rows}


async def run(plan: Plan, say: Callable[[str], object]) -> Verdict:
    """Run the plan on servers of its own; nothing of them is left."""
    ledger, chance = Ledger(), Random(plan.seed)  # noqa: S311 -- a load, to be had again by its seed
    async with AsyncExitStack() as stack:
        rules = quick(foundation.read_rulebook(foundation.RULEBOOK))
        here = await stack.enter_async_context(place(rules))
        people = await _furnish(here, plan.agents)
        servers = await stack.enter_async_context(fleet(here.url, here.redis_url, SERVERS))
        agents = [Agent(*person, servers, ledger, chance) for person in people]
        say(f"{SERVERS} servers, {plan.agents} agents, seed {plan.seed}")
        async with _working(agents):
            found = await _traffic(plan, here, servers, ledger, chance, say)
            found.append(await _settle(here.database, say))
        capacity = {agent.person: CAPACITY for agent in agents}
        found.append(await _standing(here.database))
        found.append(await history(here.database, ledger, capacity))
        found.append(await _leave(here.database, servers))
    findings: Findings = {}
    for each in found:
        for rule, rows in each.items():
            findings.setdefault(rule, []).extend(rows)
    return Verdict(dict(ledger.counts), findings)


async def _traffic(
    plan: Plan,
    here: Place,
    servers: Fleet,
    ledger: Ledger,
    chance: Random,
    say: Callable[[str], object],
) -> list[Findings]:
    """Customers talk and things break; then all that was begun is brought to its end."""
    stop = asyncio.Event()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
    async with httpx.AsyncClient(timeout=ANSWER_S_MAX, limits=limits) as client:
        given = servers, ledger, chance, client
        count = max(1, round(plan.rate * PAUSE_S))
        customers: list[Customer] = [
            Visitor(APP, f"visitor {n}", *given)
            if chance.random() < VISITORS_SHARE
            else BotsCustomer(here.token, f"customer {n}", *given)
            for n in range(count)
        ]
        async with asyncio.TaskGroup() as group:
            for customer in customers:
                group.create_task(customer.talk(PAUSE_S, stop))
            telling = group.create_task(_tell(here.database, ledger, say))
            breaking = group.create_task(_break(plan, here, servers, ledger, chance, say))
            await asyncio.sleep(plan.seconds)
            stop.set()
            await breaking
            telling.cancel()
    return [*breaking.result(), await _standing(here.database)]


async def _break(
    plan: Plan,
    here: Place,
    servers: Fleet,
    ledger: Ledger,
    chance: Random,
    say: Callable[[str], object],
) -> list[Findings]:
    """One fault after the other, each as long after the one before, while there is traffic."""
    loop = asyncio.get_running_loop()
    ends, found = loop.time() + plan.seconds, list[Findings]()
    while loop.time() + plan.kill_every < ends:
        await asyncio.sleep(plan.kill_every)
        say(await FAULTS[plan.fault](Ground(servers, here.servers, chance, len(found))))
        ledger.counts["faults"] += plan.fault != "none"
        found.append(await _standing(here.database))
    return found


async def _standing(database: Database) -> Findings:
    """Right after a fault, the first connections may be of the time before it."""
    while True:
        with suppress(Unavailable):
            return await standing(database)
        await asyncio.sleep(0.1)


async def _tell(database: Database, ledger: Ledger, say: Callable[[str], object]) -> None:
    while True:
        await asyncio.sleep(PROGRESS_S)
        live = await _live(database)
        waiting = "the database is away" if live is None else f"{len(live)} items are open"
        say(
            f"{ledger.acknowledged} acknowledged, {ledger.counts['commands done']} commands done,"
            f" {waiting}"
        )


async def _settle(database: Database, say: Callable[[str], object]) -> Findings:
    """The agents go on until nothing is left to do; what does not move any more is stuck."""
    loop = asyncio.get_running_loop()
    before, moved_at = await _live(database), loop.time()
    while before != [] and loop.time() - moved_at < STUCK_S:
        await asyncio.sleep(0.25)
        live = await _live(database)
        if live != before:
            before, moved_at = live, loop.time()
    say("settled" if before == [] else f"{len(before or [])} items are stuck")
    return {"work is offered again until somebody has done it": before or []}


async def _live(database: Database) -> list[str] | None:
    try:
        async with database.snapshot() as tx:
            return await tx.many(str, "checks.live")
    except Unavailable:
        return None


async def _leave(database: Database, servers: Fleet) -> Findings:
    """The desktops are closed by now: nobody is here any more. Then the servers stop, cleanly."""
    here = await _here(database)
    with suppress(TimeoutError):
        async with asyncio.timeout(GONE_S_MAX):
            while here:
                await asyncio.sleep(0.1)
                here = await _here(database)
    codes = await asyncio.gather(*(servers.end(s) for s in servers.servers))
    return {
        "an agent without a desktop is gone": here,
        "servers stop when they are told to, with exit code 0": [
            f"the server on port {server.port}: {code}"
            for server, code in zip(servers.servers, codes, strict=True)
            if code != 0
        ],
    }


async def _here(database: Database) -> list[str]:
    async with database.snapshot() as tx:
        return await tx.many(str, "checks.here")


@asynccontextmanager
async def _working(agents: list[Agent]) -> AsyncGenerator[None]:
    working = [asyncio.create_task(agent.work()) for agent in agents]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        ended = await asyncio.gather(*working, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _furnish(here: Place, agents: int) -> list[tuple[int, str]]:
    """An app that customers use, and agents: each with the token of their sign-in."""
    app, now = NewConnection(name=APP, channel="mobile"), clock()
    await here.database.run(lambda tx: create_connection(tx, app, here.rules, SYSTEM, now))
    tokens = await here.agents(agents, CAPACITY)
    async with here.database.snapshot() as tx:
        people = await tx.many(int, "checks.agents")
    return list(zip(people, tokens, strict=True))


def quick(rules: Rulebook) -> Rulebook:
    """The shipped rules with times so short that a run of seconds sees all of them end."""
    replace = msgspec.structs.replace
    return replace(
        rules,
        channels={n: replace(c, offer_timeout_s=3) for n, c in rules.channels.items()},
        queues={n: replace(q, wrap_up_s=1, sticky_patience_s=2) for n, q in rules.queues.items()},
        offers=replace(rules.offers, exclusion_s=1, cooldown_s=1),
        presence=replace(rules.presence, grace_s=3),
    )
