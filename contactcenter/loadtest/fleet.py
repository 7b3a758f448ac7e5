"""Server processes as an operator starts them, to be killed, frozen, and started again."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

import httpx
import msgspec

from contactcenter.bench.serving import free_port
from contactcenter.errors import CommandFailed

READY_S_MAX = 30
END_S_MAX = 20


class Server(msgspec.Struct):
    """One `contactcenter serve` on a port of its own: its latest process, which writes `log`."""

    port: int
    log: IO[bytes]
    process: asyncio.subprocess.Process

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def runs(self) -> bool:
        """Whether the process is there, frozen or not."""
        return self.process.returncode is None


class Fleet:
    """Servers on one database; `stack` keeps their logs."""

    def __init__(self, database_url: str, redis_url: str, stack: ExitStack) -> None:
        self._stack = stack
        # What is set for the user's own system is not for these.
        mine = {n: v for n, v in os.environ.items() if not n.startswith("CONTACTCENTER_")}
        self._environment = {
            **mine,
            "CONTACTCENTER_DATABASE_URL": database_url,
            "CONTACTCENTER_REDIS_URL": redis_url,
            "CONTACTCENTER_LOG_LEVEL": "error",
        }
        self.servers: list[Server] = []

    async def start(self, count: int) -> None:
        """Start that many more servers; returns when all answer."""
        ports = [free_port() for _ in range(count)]
        logs = [self._stack.enter_context(TemporaryFile()) for _ in ports]  # noqa: SIM115 -- open as long as the fleet
        started = [
            Server(port, log, await self._launch(port, log))
            for port, log in zip(ports, logs, strict=True)
        ]
        self.servers += started
        await asyncio.gather(*(ready(s) for s in started))

    async def start_again(self, server: Server) -> None:
        """Start one that has ended, on its port; returns when it answers."""
        server.process = await self._launch(server.port, server.log)
        await ready(server)

    async def kill(self, server: Server) -> None:
        """End it as a power cut does."""
        server.process.kill()
        await server.process.wait()

    async def end(self, server: Server) -> int | None:
        """Tell it to stop; returns its exit code, or None when it had to be killed."""
        server.process.terminate()
        with suppress(TimeoutError):
            return await asyncio.wait_for(server.process.wait(), END_S_MAX)
        await self.kill(server)
        return None

    async def leader(self) -> Server | None:
        """The server that says it routes."""
        for server in self.servers:
            if server.runs and (await health(server)).get("leader"):
                return server
        return None

    async def _launch(self, port: int, log: IO[bytes]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "contactcenter", "serve", "--port", str(port)),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=log,
        )


@asynccontextmanager
async def fleet(database_url: str, redis_url: str, count: int) -> AsyncGenerator[Fleet]:
    """Servers that run while the context is open, and do not outlive it."""
    with ExitStack() as stack:
        made = Fleet(database_url, redis_url, stack)
        try:
            await made.start(count)
            yield made
        finally:
            for server in made.servers:
                if server.runs:
                    await made.kill(server)


async def ready(server: Server) -> None:
    """Until it can do its work. Raises `CommandFailed` when it ends instead."""
    async with asyncio.timeout(READY_S_MAX):
        while (await health(server)).get("state") not in ("ready", "degraded"):
            if not server.runs:
                server.log.seek(0)
                said = server.log.read().decode(errors="replace").strip()
                message = f"the server on port {server.port} does not start: {said}"
                raise CommandFailed(message)
            await asyncio.sleep(0.05)


async def health(server: Server) -> dict[str, object]:
    """What it says of itself; nothing when it does not answer."""
    async with httpx.AsyncClient(timeout=1) as client:
        try:
            return (await client.get(f"{server.url}/health/ready")).json()
        except httpx.TransportError:
            return {}
