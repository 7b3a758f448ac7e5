"""The router: one process at a time tells the engine what happens, and carries out its decisions.

The leader holds a lease by the database's clock. Every batch of offers checks the lease's epoch in
its own transaction, so a leader that was frozen and wakes writes nothing. The engine's memory is
disposable: a new leader loads it from the database, and then follows the log.

The engine's `RescindOffer` is not carried out here: the action that makes it due (an agent goes, a
customer leaves, one offer too many is missed) has done it in its own transaction. New rules are new
memory: the leader loads everything again under them.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from contactcenter import facts
from contactcenter.actions.extend import Refused, extend
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.errors import Unavailable
from contactcenter.explanation import Explanation, Others, StillWaiting
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.log import get
from contactcenter.model.agent import Agent
from contactcenter.model.offer import Offer, Proposal
from contactcenter.model.rulebook import Published
from contactcenter.model.work import WorkItem
from contactcenter.workers.router.translate import Translator, micros, rules_published
from routing import facts as told
from routing.decisions import ExtendOffer
from routing.engine import Engine
from routing.model import Blame

NAME = "router"
LEASE_S = 2.0
RENEW_S = 0.5
TRY_S = 0.25
ROUND_S_MAX = 1.0
"""So long after they were loaded, new rules are noticed at the latest."""
RELOAD_S = 5.0
"""Memory is not loaded again sooner, however many facts of a later version are passed over."""
BATCH_MAX = 100

_log = get(part="router")
_LEADS = Gauge("contactcenter_router_leads", "1 while this process routes")
_DECISIONS = Counter("contactcenter_router_proposals_total", "Offers proposed by the engine")
_REFUSED = Counter(
    "contactcenter_router_refused_total", "Proposals that the database refused", ["reason"]
)
_DECIDE = Histogram(
    "contactcenter_router_decide_seconds",
    "Time of one decide()",
    buckets=(0.00001, 0.0001, 0.001, 0.01, 0.1, 1),
)


class _Exclusion(msgspec.Struct, frozen=True):
    item_id: int
    agent_id: int
    until: datetime


class Router:
    """`run()` waits for the lease, routes while it holds, and waits again, for ever."""

    def __init__(
        self,
        database: Database,
        tail: Tail,
        rulebook: RulebookInForce,
        clock: Callable[[], datetime],
        process: str,
    ) -> None:
        self._database = database
        self._tail = tail
        self._rulebook = rulebook
        self._clock = clock
        self._process = process
        self.leads = False
        self._engine: Engine | None = None

    async def run(self) -> None:
        """Route while the lease is ours, for ever."""
        while True:
            epoch = await self._take()
            if epoch is None:
                await asyncio.sleep(TRY_S)
                continue
            self._set(leads=True)
            renewing = asyncio.create_task(self._renew(epoch))
            leading = asyncio.create_task(self._lead(epoch))
            try:
                await asyncio.wait({renewing, leading}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._set(leads=False)
                for task in (renewing, leading):
                    task.cancel()
                ended = await asyncio.gather(renewing, leading, return_exceptions=True)
            for error in ended:
                if isinstance(error, Exception):
                    _log.warning("no longer leading", epoch=epoch, reason=repr(error))
            await asyncio.sleep(TRY_S)

    async def still_waiting(self, item: int) -> StillWaiting | None:
        """Why it waits; None for what waits no more. Whoever does not lead reads the database."""
        engine = self._engine or (await self._load(self._rulebook.current))[0]
        known = engine.state.items.get(item)
        found = engine.why(item, self._now())
        if known is None or not found.changes:
            return None
        return StillWaiting(
            item=item,
            queue=known.entry.queue,
            requirement=known.entry.requirement,
            waited_us=found.waited,
            ahead=found.ahead,
            only=found.only,
            rests_us=found.rests,
            reasons=msgspec.convert(msgspec.to_builtins(found.reasons), list[Others]),
            changes=list(found.changes),
        )

    async def release(self) -> None:
        """Give the lease back at a clean end, so that another process need not wait."""
        with suppress(Unavailable):
            await self._database.run(lambda tx: tx.do("leases.release", NAME, self._process))

    def _set(self, *, leads: bool) -> None:
        self.leads = leads
        _LEADS.set(leads)

    async def _take(self) -> int | None:
        try:
            return await self._database.run(
                lambda tx: tx.maybe(int, "leases.take", NAME, self._process, LEASE_S)
            )
        except Unavailable:
            return None

    async def _renew(self, epoch: int) -> None:
        """Ends when the lease is no longer ours under this epoch."""
        while True:
            await asyncio.sleep(RENEW_S)
            async with asyncio.timeout(LEASE_S):
                if await self._take() != epoch:
                    return

    async def _lead(self, epoch: int) -> None:
        news: deque[tuple[int, facts.Fact]] = deque()
        heard = asyncio.Event()

        def read(seq: int, fact: facts.Fact) -> None:
            news.append((seq, fact))
            heard.set()

        unfollow = self._tail.follow(read)
        try:
            while True:
                book = self._rulebook.current
                engine, translator, position = await self._load(book)
                self._engine = engine
                _log.info(
                    "leading",
                    epoch=epoch,
                    position=position,
                    items=len(engine.state.items),
                    rulebook=book.version,
                )
                await self._route(epoch, engine, translator, position, news, heard)
        finally:
            self._engine = None
            unfollow()

    async def _route(
        self,
        epoch: int,
        engine: Engine,
        translator: Translator,
        position: int,
        news: deque[tuple[int, facts.Fact]],
        heard: asyncio.Event,
    ) -> None:
        """Until other rules are in force, or a fact was passed over that may concern us."""
        since = self._now()
        proposals: deque[ExtendOffer] = deque()
        extending: asyncio.Task[list[Refused]] | None = None
        try:
            while translator.book is self._rulebook.current and not self._outdated(position, since):
                heard.clear()
                while news:
                    seq, fact = news.popleft()
                    if seq > position:
                        for one in translator.translate(seq, fact):
                            engine.apply(one)
                if extending and extending.done():
                    for refused in extending.result():
                        engine.apply(self._refused(refused))
                    extending = None
                with _DECIDE.time():
                    decisions = engine.decide(self._now())
                proposals.extend(d for d in decisions if isinstance(d, ExtendOffer))
                if proposals and extending is None:
                    batch = [proposals.popleft() for _ in range(min(BATCH_MAX, len(proposals)))]
                    extending = asyncio.create_task(self._extend(batch, epoch))
                    extending.add_done_callback(lambda _: heard.set())
                await self._until(heard, engine.wake_at())
        finally:
            if extending:
                extending.cancel()
                await asyncio.gather(extending, return_exceptions=True)

    def _outdated(self, position: int, since: int) -> bool:
        return self._tail.passed_over > position and self._now() > since + RELOAD_S * 1_000_000

    async def _until(self, heard: asyncio.Event, wake_at: int | None) -> None:
        due_s = ROUND_S_MAX if wake_at is None else max((wake_at - self._now()) / 1e6, 0.0)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(due_s, ROUND_S_MAX)):
                await heard.wait()

    async def _extend(self, batch: list[ExtendOffer], epoch: int) -> list[Refused]:
        _DECISIONS.inc(len(batch))
        proposals = [
            Proposal(
                item_id=d.item,
                agent_id=d.agent,
                explanation=msgspec.convert(msgspec.to_builtins(d.explanation), Explanation),
            )
            for d in batch
        ]
        book, now = self._rulebook.current, self._clock()
        refused = await self._database.run(lambda tx: extend(tx, proposals, epoch, book, now))
        for one in refused:
            _REFUSED.labels(one.reason).inc()
        return refused

    def _refused(self, refused: Refused) -> told.ProposalRefused:
        return told.ProposalRefused(
            at=self._now(),
            item=refused.item_id,
            agent=refused.agent_id,
            blame=Blame.AGENT if refused.agent_at_fault else Blame.ITEM,
            reason=refused.reason,
        )

    async def _load(self, book: Published) -> tuple[Engine, Translator, int]:
        """The engine as the database has it at one moment, and that moment's place in the log."""
        async with self._database.snapshot() as tx:
            position = await tx.one(int, "log.last")
            agents = await tx.many(Agent, "routing.agents")
            items = await tx.many(WorkItem, "routing.items")
            offers = await tx.many(Offer, "routing.pending")
            exclusions = await tx.many(_Exclusion, "routing.exclusions", self._clock())
        engine = Engine()
        translator = Translator(book, engine.state)
        engine.apply(rules_published(book, self._now()))
        excluded: dict[int, dict[int, int]] = {}
        for e in exclusions:
            excluded.setdefault(e.item_id, {})[e.agent_id] = micros(e.until)
        pending = {o.item_id: o for o in offers}
        for agent in agents:
            for one in translator.agent(agent, position):
                engine.apply(one)
        for item in items:
            for one in translator.item(item, excluded.get(item.id, {}), pending.get(item.id)):
                engine.apply(one)
        return engine, translator, position

    def _now(self) -> int:
        return micros(self._clock())
