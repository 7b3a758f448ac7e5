"""Start servers for a measurement: each in a process of its own, on a port of 127.0.0.1."""

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn

READY_S_MAX = 20


async def serve(app: Any, port: int) -> None:
    """Serve as `contactcenter serve` does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    config = uvicorn.Config(
        app,
        "127.0.0.1",
        port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        proxy_headers=False,
    )
    await uvicorn.Server(config).serve()


class Server(msgspec.Struct, frozen=True):
    """A server in a process of its own."""

    port: int
    pid: int

    def resident_kib(self) -> int:
        """What the process has in memory, by the kernel's count."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0])


@asynccontextmanager
async def server(module: str, *args: str, env: dict[str, str]) -> AsyncGenerator[Server]:
    """Run `python -m module ...`; the argument `PORT` becomes a free one."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *(str(port) if a == "PORT" else a for a in args),
        env=env,
    )
    try:
        await _ready(port, process)
        yield Server(port, process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def product(env: dict[str, str]) -> AbstractAsyncContextManager[Server]:
    """The product as its users start it."""
    return server("contactcenter", "serve", "--port", "PORT", env=env)


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def _ready(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(READY_S_MAX), httpx.AsyncClient() as client:
        while True:
            if process.returncode is not None:
                raise RuntimeError("the server ended before it was ready")
            try:
                await client.get(f"http://127.0.0.1:{port}/health/live")
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                return
