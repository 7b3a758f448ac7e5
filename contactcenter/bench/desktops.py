"""Thousands of desktops on one process: what each weighs, and when the last has a broadcast."""

import asyncio
import resource
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import msgspec

from contactcenter.actions.publish import publish
from contactcenter.bench.place import Place, place, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.bench.serving import Server, product, server
from contactcenter.bench.sockets import now
from contactcenter.clock import clock
from contactcenter.model.rulebook import Rulebook

COUNTS = (5_000, 10_000)
ROUNDS = 5
PAUSE_S = 1.5
"""Between rounds: within a second of new rules the routing engine is loaded anew, which is no
broadcast, and must not be in the way of the next one."""
KIB_MAX = 32
TO_BARE_MAX = 1.8


async def desktops() -> AsyncIterator[Line]:
    """Median of several broadcasts, ours and those of the bare library, to as many sockets."""
    _raise_open_files()
    async with place(shipped_rules()) as here:
        tokens = await here.agents(max(COUNTS), capacity=3)
        for count in COUNTS:
            async with server(
                "contactcenter.bench.bare_sockets", "PORT", env=here.environment
            ) as one:
                bare, _ = await _measure(one, "bare", tokens[:count], _ask(one))
            async with product(here.environment) as one:
                ours, kib = await _measure(one, "ours", tokens[:count], _publish(here))
            yield line(f"desktops.memory_{count}", kib, "KiB each", at_most=KIB_MAX)
            yield line(
                f"desktops.broadcast_{count}",
                ours * 1000,
                "ms",
                reference="websockets.broadcast",
                reference_value=bare * 1000,
                at_most=TO_BARE_MAX,
            )


async def _measure(
    one: Server, kind: str, tokens: list[str], send: Callable[[], Awaitable[float]]
) -> tuple[float, float]:
    """Seconds until the last one has it, and KiB of the server for each."""
    before = one.resident_kib()
    async with _crowd(one.port, kind, tokens) as (ask, answers):
        each = (one.resident_kib() - before) / len(tokens)
        took: list[float] = []
        for _ in range(ROUNDS):
            await asyncio.sleep(PAUSE_S)
            ask.write(b"again\n")
            await answers.readline()
            sent = await send()
            took.append(float(await answers.readline()) - sent)
        ask.write(b"\n")
    return sorted(took)[ROUNDS // 2], each


@asynccontextmanager
async def _crowd(
    port: int, kind: str, tokens: list[str]
) -> AsyncGenerator[tuple[asyncio.StreamWriter, asyncio.StreamReader]]:
    """The crowd's process, once everybody is connected: where to ask, and where it answers."""
    crowd = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "contactcenter.bench.crowd",
        str(port),
        kind,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert crowd.stdin
    assert crowd.stdout
    crowd.stdin.write(" ".join(tokens).encode() + b"\n")
    try:
        if (await crowd.stdout.readline()).strip() != b"ready":
            raise RuntimeError("the crowd could not connect")
        yield crowd.stdin, crowd.stdout
        await crowd.wait()
    finally:
        if crowd.returncode is None:
            crowd.kill()
            await crowd.wait()


def _ask(one: Server) -> Callable[[], Awaitable[float]]:
    async def ask() -> float:
        async with httpx.AsyncClient() as client:
            sent = now()
            await client.get(f"http://127.0.0.1:{one.port}/broadcast")
        return sent

    return ask


def _publish(here: Place) -> Callable[[], Awaitable[float]]:
    """A rulebook takes force: what every desktop is told. Another process says so, over Redis."""
    versions = iter(range(1, 1000))

    async def ask() -> float:
        label = f"broadcast {next(versions)} ".ljust(180, ".")
        rules = _renamed(here, label)
        sent = now()
        await here.database.run(lambda tx: publish(tx, rules, label, clock()))
        return sent

    return ask


def _renamed(here: Place, label: str) -> Rulebook:
    """The rules with another name: the same again would be no new version."""
    organisation = msgspec.structs.replace(here.rules.organisation, name=label[:60])
    return msgspec.structs.replace(here.rules, organisation=organisation)


def _raise_open_files() -> None:
    """As far as is allowed: each desktop is a file here, and one at the server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
