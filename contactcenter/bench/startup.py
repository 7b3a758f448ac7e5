"""How long until a server is ready: from an empty folder, again, and after a crash under work."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx

from contactcenter.actions.receive import Inbound, receive
from contactcenter.bench.place import folder_for_servers, furnish, shipped_rules
from contactcenter.bench.report import Line, line
from contactcenter.bench.serving import free_port
from contactcenter.bench.sockets import now
from contactcenter.clock import clock
from contactcenter.db import embedded
from contactcenter.db.database import Database
from contactcenter.model.customer import Identity
from contactcenter.model.rulebook import Published

EMPTY_S_MAX = 2
EXISTING_S_MAX = 1
CRASHED_S_MAX = 3
CONVERSATIONS = 10_000
BATCH = 500
READY_S_MAX = 30


async def startup() -> AsyncIterator[Line]:
    """Ready is what `/health/ready` says, with the engine loaded: seconds from the command."""
    with folder_for_servers() as outer:
        folder = outer / "servers"
        async with _served(folder) as (took, _):
            yield line("ready.empty_folder", took, "s", at_most=EMPTY_S_MAX)
        async with _served(folder) as (took, process):
            yield line("ready.existing_folder", took, "s", at_most=EXISTING_S_MAX)
            await _open_conversations(folder)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with _served(folder) as (took, _):
            yield line("ready.after_sigkill", took, "s", at_most=CRASHED_S_MAX)
        await embedded.remove(folder, say=lambda _line: None)


@asynccontextmanager
async def _served(folder: Path) -> AsyncGenerator[tuple[float, asyncio.subprocess.Process]]:
    """`contactcenter serve` on the folder: how long it took, and its process."""
    port = free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith("CONTACTCENTER_")}
    began = now()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "contactcenter",
        "serve",
        "--port",
        str(port),
        env={**env, "CONTACTCENTER_FOLDER": str(folder), "CONTACTCENTER_LOG_LEVEL": "error"},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        await _leading(port)
        yield now() - began, process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _leading(port: int) -> None:
    url = f"http://127.0.0.1:{port}/health/ready"
    async with asyncio.timeout(READY_S_MAX), httpx.AsyncClient() as client:
        while True:
            try:
                answer = await client.get(url)
                if answer.is_success and answer.json()["leader"]:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.01)


async def _open_conversations(folder: Path) -> None:
    addresses = embedded.running(folder)
    assert addresses
    database = await Database.open(addresses.database_url, size=2)
    book = Published(1, shipped_rules())
    await furnish(database, book.rules)
    at = clock()
    for first in range(0, CONVERSATIONS, BATCH):
        batch = [_message(number, at) for number in range(first, first + BATCH)]
        await database.run(lambda tx, b=batch: receive(tx, b, book, at))
    await database.close()


def _message(number: int, at: datetime) -> Inbound:
    return Inbound(
        connection_id=1,
        connection="bench",
        channel="bot",
        key=str(number),
        digest=b"",
        identity=Identity(scheme="phone", scope="bench", value=str(number)),
        text="My line is dead.",
        occurred_at=at,
    )
