"""The demo from its start to its end."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from contactcenter import foundation, server
from contactcenter.actions.publish import publish
from contactcenter.clock import clock
from contactcenter.demo import bot, cast, tell
from contactcenter.demo.journey import Matter, signed, travel
from contactcenter.demo.memory import NAME, Memory
from contactcenter.demo.stage import Staff, Stage, in_words
from contactcenter.demo.step import step
from contactcenter.errors import CommandFailed
from contactcenter.model.rulebook import Rulebook
from contactcenter.settings import Settings

if TYPE_CHECKING:
    from contactcenter.app import House

AUTHOR = "demo"


async def run(settings: Settings, *, once: bool) -> None:
    """Start everything, let the journey happen, and serve on until Ctrl-C, or `once` not."""
    tell.title("Contact center demo: one customer, two channels, one conversation")
    try:
        with server.stopping() as stop:
            async with bot.listening() as assistant:
                await _serve(settings, assistant, stop, once=once)
    finally:
        _note("everything that was started is stopped")


async def _serve(
    settings: Settings, assistant: bot.Bot, stop: asyncio.Event, *, once: bool
) -> None:
    allowed = (*settings.webhook_allow, assistant.url.split("/")[2])
    settings = msgspec.structs.replace(
        settings, database_url=None, redis_url=None, webhook_allow=allowed
    )
    async with server.answering(settings, _note) as house:
        await _unless(stop, _perform(house, assistant, once=once))
        if not once:
            await stop.wait()


async def _perform(house: "House", assistant: bot.Bot, *, once: bool) -> None:
    url, folder = house.settings.origin, house.settings.folder
    _note(f"PostgreSQL, Redis and the server run; {url}, files in {folder}")
    memory = Memory.read(folder)
    async with AsyncExitStack() as stack:
        stage = Stage(url, folder, memory, stack)
        async with step("people are set up"):
            await stage.people(house.database)
        async with step("connections are set up"):
            await stage.connections()
        async with step("the bot is set up"):
            await stage.bot(assistant)
        _note(f"{len(stage.staff)} people, the bot and 3 connections are set up over the API")
        await _play(house, stage)
        _tell_where(url, stage, folder / NAME)
        if once:
            return
        again = sys.stdin.isatty()
        _note("it serves on until Ctrl-C" + ("; Enter plays the journey again" if again else ""))
        while again and await _enter():
            try:
                await _play(house, stage)
            except CommandFailed as failed:  # somebody who watches has done something, too
                _note(str(failed))


async def _play(house: "House", stage: Stage) -> None:
    async with _short_offers(house):
        matter = await travel(stage.url, stage.staff, stage.memory)
    async with step("the record tells it again"):
        await _tell_again(stage.staff, matter)


async def _enter() -> bool:
    """Wait for a line at the terminal; False where there will be none any more."""
    loop = asyncio.get_running_loop()
    line = loop.create_future()
    loop.add_reader(sys.stdin, lambda: line.done() or line.set_result(sys.stdin.readline()))
    try:
        return bool(await line)
    finally:
        loop.remove_reader(sys.stdin)


@asynccontextmanager
async def _short_offers(house: "House") -> AsyncGenerator[None]:
    """Put the demo's copy of the rules in force while the context is open."""
    shipped = foundation.read_rulebook(foundation.RULEBOOK)
    short, before = cast.rules(shipped), house.rulebook.current.rules
    async with step("the demo's rulebook is in force"):
        await _put_in_force(house, short)
    try:
        yield
    finally:
        # What an earlier demo that was killed has left in force is not put back.
        await _put_in_force(house, shipped if before == short else before)


async def _put_in_force(house: "House", rules: Rulebook) -> None:
    version = await house.database.run(lambda tx: publish(tx, rules, AUTHOR, clock()))
    while house.rulebook.current.version != version:  # noqa: ASYNC110 -- it sets no event
        await asyncio.sleep(0.01)
    timeout_s = rules.channels[cast.WEB].offer_timeout_s
    _note(f"rulebook {version} is in force, without a restart: offers lapse after {timeout_s} s")


async def _tell_again(staff: dict[str, Staff], matter: Matter) -> None:
    """The timeline and the decisions, as the API has them."""
    supervisor = staff["sari"]
    tell.act(6, "What the record says: one timeline over both channels")
    timeline = await supervisor.http.call("GET", f"/v1/customers/{matter.customer}/timeline")
    for said in reversed(timeline["items"]):
        who = said["author_name"] or said["author_kind"]
        tell.line(tell.at(said["received_at"]), who, _shown(said))
    tell.act(7, "Why it went to whom: every decision, in words")
    decisions = await supervisor.http.call("GET", f"/v1/decisions?item={matter.item}")
    for decision in reversed(decisions["items"]):
        why = in_words(decision["explanation"], staff.values())
        tell.line(tell.at(decision["at"]), decision["outcome"], why)


def _shown(said: dict[str, Any]) -> str:
    kind = "" if said["kind"] == "message" else f" {said['kind']}"
    return f"[{said['channel']}{kind}] {said['text']}"


def _tell_where(url: str, stage: Stage, kept: Any) -> None:
    tell.act(8, "Yours to try")
    siti = signed(f"siti-{clock():%Y%m%d}", stage.memory.secrets[cast.WEB], timedelta(hours=12))
    tell.table(
        [
            ["agents", f"{url}/desktop"],
            ["supervisors", f"{url}/dashboard"],
            ["administrators", f"{url}/admin"],
            ["customers", f"{url}/demo-shop"],
            ["API", f"{url}/v1/openapi.json"],
            ["health", f"{url}/health/ready"],
            ["metrics", f"{url}/metrics"],
        ]
    )
    _note("the shop with its chat, for Siti, who is signed in there:")
    tell.whole(f"{url}/demo-shop#jwt={siti}")
    tell.table(
        [
            [one.person.role, one.person.login, stage.memory.passwords[login], one.person.name]
            for login, one in stage.staff.items()
        ]
    )
    _note(f"the passwords were made here and are kept in {kept}, for its owner only")


async def _unless(stop: asyncio.Event, doing: Coroutine[Any, Any, None]) -> None:
    """Do it, unless told to stop; then it is broken off, and so are we."""
    work, told = asyncio.create_task(doing), asyncio.create_task(stop.wait())
    await asyncio.wait([work, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise asyncio.CancelledError
    await work


def _note(text: str) -> None:
    tell.happened("demo", text)
