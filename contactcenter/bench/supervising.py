"""The supervisors' dashboard over a large house: 200 queues, 2,000 agents, 20 facts a second."""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from contactcenter.actions.connections import NewConnection, create_connection
from contactcenter.actions.keys import NewKey, create_key
from contactcenter.actions.receive import Inbound, receive
from contactcenter.bench.chromium import Chromium, Page, chromium
from contactcenter.bench.place import Place, place, shipped_rules, without_wrap_up
from contactcenter.bench.report import Line, line
from contactcenter.bench.rush import rush
from contactcenter.bench.serving import product
from contactcenter.clock import clock
from contactcenter.db.tx import Tx
from contactcenter.model import credential
from contactcenter.model.caller import SYSTEM
from contactcenter.model.customer import Identity
from contactcenter.model.rulebook import Entry, Published, Queue, Rulebook

QUEUES = 200
UNSTAFFED = 50
"""Queues that nobody has the skill for: what comes there waits."""
WAITING = 1_000
AGENTS = 2_000
OPENING_PER_S = 5
"""Each conversation is four facts of a board: queued, offered, assigned, done."""
WARM_UP_S = 5
SECONDS = 20
TASK_MS_MAX = 50

WATCH = """
(() => {
  const Socket = window.WebSocket;
  const seen = window.seen = {watching: false, facts: 0, longest: 0, tasks: 0};
  window.WebSocket = class extends Socket {
    constructor(...how) {
      super(...how);
      this.addEventListener("message", ({data}) => {
        if (seen.watching && data.includes('"type":"event"')) seen.facts++;
      });
    }
  };
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      if (!seen.watching) continue;
      seen.tasks++;
      seen.longest = Math.max(seen.longest, task.duration);
    }
  }).observe({type: "longtask"});
})();
"""


async def supervising() -> AsyncIterator[Line]:
    """A supervisor looks on while customers write and agents work."""
    rules = _large(without_wrap_up(shipped_rules()))
    async with chromium() as browser, place(rules) as here:
        supervisor, *agents = await here.agents(AGENTS + 1, capacity=3)
        await here.database.run(lambda tx: tx.do("bench.promote", "agent1"))
        bots = [await _bot(here, queue) for queue in rules.queues]
        await _let_wait(here, bots[-UNSTAFFED:])
        async with product(here.environment) as one:
            page = await _dashboard(browser, one.port, supervisor)
            tokens = [bot.token for bot in bots[:-UNSTAFFED]]
            seconds = WARM_UP_S + SECONDS
            rushing = asyncio.create_task(rush(one.port, tokens, agents, seconds, OPENING_PER_S))
            await page.until("document.querySelector('.decisions li') && true")
            await asyncio.sleep(WARM_UP_S)
            await page.ask("seen.watching = true")
            await asyncio.sleep(SECONDS)
            seen = await page.ask("seen")
            await rushing
    yield line("supervising.longest_task", seen["longest"], "ms", at_most=TASK_MS_MAX)
    yield line("supervising.long_tasks", seen["tasks"], "tasks")
    yield line("supervising.facts", seen["facts"] / SECONDS, "/s")


class _Bot(msgspec.Struct, frozen=True):
    token: str
    connection: int
    name: str


def _large(rules: Rulebook) -> Rulebook:
    """So many queues, each with a connection of its own name that leads there."""
    names = [f"q{n:03}" for n in range(QUEUES)]
    queues = {name: Queue(label=f"Queue {name}", target_s=60, service_level=0.8) for name in names}
    for name in names[-UNSTAFFED:]:
        queues[name] = msgspec.structs.replace(queues[name], requirement={"product:none": 1})
    entry = [*(Entry(connection=n, queue=n) for n in names), Entry(connection="*", queue="q000")]
    return msgspec.structs.replace(rules, queues=queues, entry=entry, intents={})


async def _bot(here: Place, name: str) -> _Bot:
    token, now = credential.issue("cck_"), clock()
    new = NewKey(name=name, scopes=frozenset({"interactions:write"}))

    async def make(tx: Tx) -> int:
        key = await create_key(tx, new, credential.digest(token), SYSTEM, now)
        wanted = NewConnection(name=name, channel="bot", api_key_id=key.id)
        return (await create_connection(tx, wanted, here.rules, SYSTEM, now)).id

    return _Bot(token, await here.database.run(make), name)


async def _let_wait(here: Place, bots: list[_Bot]) -> None:
    book, at = Published(1, here.rules), clock()
    batch = [
        Inbound(
            connection_id=bot.connection,
            connection=bot.name,
            channel="bot",
            key=str(number),
            digest=b"",
            identity=Identity(scheme="phone", scope=bot.name, value=str(number)),
            text="My line is dead.",
            occurred_at=at,
        )
        for bot in bots
        for number in range(WAITING // UNSTAFFED)
    ]
    await here.database.run(lambda tx: receive(tx, batch, book, at))


async def _dashboard(browser: Chromium, port: int, token: str) -> Page:
    page = await browser.page()
    await page.sign_in(port, token)
    await page.before_all(WATCH)
    await page.open(port, "/dashboard")
    await page.until("document.querySelector('.queue') && true")
    return page
