"""The composition root: here only, the parts of one process are made and wired to each other."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController
from litestar.types import ASGIApp

from channels.transport import Transport
from contactcenter.actions.confirm import Confirmation, confirm
from contactcenter.actions.receive import Inbound, Received, receive
from contactcenter.api import (
    access,
    alerts,
    audit,
    auth,
    automations,
    canned_replies,
    cases,
    clocks,
    connections,
    conversations,
    customers,
    description,
    desktop,
    drafts,
    drill,
    files,
    health,
    hours,
    inputs,
    interactions,
    keys,
    merges,
    pages,
    people,
    problems,
    rulebook,
    sales,
    satisfaction,
    scripts,
    search,
    sockets,
    supervisor,
    tags,
    teams,
    visitor,
    webhooks,
)
from contactcenter.api.commands import Asked, Handled, handle_once
from contactcenter.api.cross_origin import CrossOrigin
from contactcenter.api.fast_lane import FastLane
from contactcenter.api.request_id import RequestId
from contactcenter.clock import clock
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.db.tail import Tail
from contactcenter.errors import Unavailable
from contactcenter.facts import Fact
from contactcenter.live.credentials import Credentials
from contactcenter.live.fanout import Fanout, Signal
from contactcenter.live.frames import Answer
from contactcenter.live.health import Health
from contactcenter.live.hub import Hub
from contactcenter.live.limits import Limits
from contactcenter.live.origins import Origins
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.live.visitors import Visitors
from contactcenter.record.clocks import follow
from contactcenter.settings import Settings
from contactcenter.workers.automations import Automations
from contactcenter.workers.cases import Cases
from contactcenter.workers.housekeeping import Housekeeping
from contactcenter.workers.keep import keep
from contactcenter.workers.presence import ProcessLease
from contactcenter.workers.renewal import Renewal
from contactcenter.workers.router import Router
from contactcenter.workers.search import Search
from contactcenter.workers.timers import Timers
from contactcenter.workers.webhooks import Webhooks

API = (
    alerts,
    audit,
    auth,
    automations,
    canned_replies,
    cases,
    clocks,
    connections,
    conversations,
    customers,
    description,
    desktop,
    drafts,
    drill,
    files,
    health,
    hours,
    interactions,
    keys,
    merges,
    pages,
    people,
    rulebook,
    sales,
    satisfaction,
    scripts,
    search,
    supervisor,
    tags,
    teams,
    visitor,
    webhooks,
)
SOCKETS = ["^/v1/desktop$", "^/v1/board$", "^/v1/visitor/socket$"]
"""Counted by their own metrics; they last for hours, and each layer around them is memory."""

BODY_BYTES_MAX = 4 * 1_048_576
DRAIN_S_MAX = 5.0
ENDING_S_MAX = 2.0


class House:
    """The running parts of one process. `open()` starts them, `close()` drains and ends them."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.tail = Tail(database)
        self.rulebook = RulebookInForce(database)
        self.credentials = Credentials(database, settings)
        self.limits = Limits(settings.redis_url, settings.process)
        self.fanout = Fanout(
            settings.redis_url, settings.process, self.tail.offer_encoded, self._signalled
        )
        self.receiving: Batch[Inbound, Received] = Batch(
            "receive",
            database,
            lambda tx, items: receive(tx, items, self.rulebook.current, clock()),
        )
        self.confirming: Batch[Confirmation, bool] = Batch(
            "confirm", database, lambda tx, items: confirm(tx, items, clock())
        )
        self.handling: Batch[Asked[Handled], Answer] = Batch(
            "handle",
            database,
            lambda tx, items: handle_once(tx, items, self.rulebook.current, clock()),
        )
        self.visitors = Visitors(database, clock, lambda: self.rulebook.current.rules)
        self.origins = Origins(database)
        self.timers = Timers(database, self.rulebook, clock)
        self.router = Router(database, self.tail, self.rulebook, clock, settings.process)
        self.transport = Transport(settings.webhook_allow)
        self.webhooks = Webhooks(database, self.tail, self.transport, clock)
        self.hub = Hub()
        self.renewal = Renewal(database, self.tail, self.hub)
        self.search = Search(database)
        self.automations = Automations(database, self.tail, self.rulebook, clock)
        self.cases = Cases(database, self.rulebook, clock)
        self.housekeeping = Housekeeping(database, settings.log_keep_days, clock)
        self.lease = ProcessLease(database, self.hub, self.rulebook, clock, settings.process)
        self.health = Health(
            database,
            self.fanout,
            lambda: self.router.leads,
            lambda: self.rulebook.current.version,
        )
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Load what is live from the database, and start the workers."""
        self.database.committed = self._committed
        await self.tail.start()
        await self.rulebook.load()
        self.database.ending = lambda tx: follow(tx, self.rulebook.current)
        async with self.database.snapshot() as tx:
            await self.hub.load(tx, self.rulebook.current.rules.organisation.timezone)
        readers = (
            self.rulebook.read,
            self.credentials.read,
            self.hub.read,
            self.visitors.read,
            self.origins.read,
        )
        for reader in readers:
            self.tail.follow(reader)
        await self.lease.begin()
        workers: dict[str, Callable[[], Awaitable[None]]] = {
            "tail": self.tail.run,
            "fanout": self.fanout.run,
            "limits": self.limits.run,
            "rulebook": self.rulebook.run,
            "receive": self.receiving.run,
            "confirm": self.confirming.run,
            "handle": self.handling.run,
            "visitors": self.visitors.run,
            "timers": self.timers.run,
            "router": self.router.run,
            "webhooks": self.webhooks.run,
            "lease": self.lease.run,
            "renewal": self.renewal.run,
            "housekeeping": self.housekeeping.run,
            "search": self.search.run,
            "cases": self.cases.run,
            "automations": self.automations.run,
        }
        self._tasks = [asyncio.create_task(keep(n, run), name=n) for n, run in workers.items()]
        # What has been built by now stays: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)

    async def close(self) -> None:
        """What was accepted is written before the writers end. A database that hangs is left."""
        self.health.draining = True
        writers = self.receiving, self.confirming, self.handling
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S_MAX):
                while not all(writer.idle for writer in writers):  # noqa: ASYNC110 -- once
                    await asyncio.sleep(0.01)
        await self.webhooks.drain(DRAIN_S_MAX)
        for task in reversed(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDING_S_MAX)
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(ENDING_S_MAX):
                await self.router.release()
                await self.lease.end()
        await self.transport.close()
        await self.fanout.close()
        await self.limits.close()
        await self.database.close()

    def _committed(self, first: int, facts: Sequence[Fact], encoded: Sequence[bytes]) -> None:
        for fact in facts:
            self.credentials.read(first, fact)  # what is revoked here is so at once, gap or not
        self.tail.offer(first, facts)
        self.fanout.committed(first, facts, encoded)

    def _signalled(self, signal: Signal) -> None:
        self.hub.signalled(signal)
        self.visitors.signalled(signal)


async def open_house(settings: Settings) -> House:
    """Connect and start; `settings.database_url` must be set. Raises `Unavailable`."""
    assert settings.database_url
    house = House(settings, await Database.open(settings.database_url, size=settings.pool_size))
    await house.open()
    return house


def create(house: House) -> FastLane:
    """All that is served: the application, and the short way into it."""
    return FastLane(
        RequestId(sockets.Straight(application(house))),
        house.credentials,
        house.database,
        house.receiving,
        house.rulebook,
        clock,
        BODY_BYTES_MAX,
    )


def application(house: House) -> Litestar:
    """The HTTP and WebSocket application of a house."""

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await house.close()

    provided: dict[str, object] = {
        "database": house.database,
        "settings": house.settings,
        "credentials": house.credentials,
        "fanout": house.fanout,
        "tail": house.tail,
        "limits": house.limits,
        "receiving": house.receiving,
        "health": house.health,
        "hub": house.hub,
        "confirming": house.confirming,
        "handling": house.handling,
        "visitors": house.visitors,
        "rulebook": house.rulebook,
        "transport": house.transport,
        "still_waiting": house.router.still_waiting,
    }
    app = Litestar(
        route_handlers=[*(route for module in API for route in module.ROUTES), Metrics],
        dependencies={
            **{
                name: Provide(_always(part), sync_to_thread=False)
                for name, part in provided.items()
            },
            "book": Provide(lambda: house.rulebook.current, sync_to_thread=False),
            "clock": Provide(_always(clock), sync_to_thread=False),
            "now": Provide(clock, sync_to_thread=False),
            **access.DEPENDENCIES,
        },
        middleware=[
            PrometheusConfig(app_name="contactcenter", group_path=True, exclude=SOCKETS).middleware,
            _access(house),
        ],
        request_class=inputs.Strict,
        before_request=inputs.check,
        before_send=[CrossOrigin(house.origins).tell],
        exception_handlers={**problems.HANDLERS, NotFoundException: pages.nowhere},
        lifespan=[lifespan],
        request_max_body_size=BODY_BYTES_MAX,
        openapi_config=None,
        logging_config=None,
    )
    access.check_routes(app)
    return app


class Metrics(PrometheusController):
    """Prometheus reads these."""

    path = "/metrics"
    opt = access.who("nobody")


def _access(house: House) -> Callable[[ASGIApp], ASGIApp]:
    def middleware(app: ASGIApp) -> ASGIApp:
        return access.Access(
            app,
            credentials=house.credentials,
            limits=house.limits,
            settings=house.settings,
            clock=clock,
        )

    return middleware


def _always(part: object) -> Callable[[], object]:
    return lambda: part
