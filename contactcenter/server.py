"""HTTP and WebSockets of one process: from nothing to answering, and to a clean end.

The application takes half a second to import: it is imported while PostgreSQL and Redis start.
"""

import asyncio
import errno
import resource
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec
import uvicorn

from contactcenter.errors import CommandFailed
from contactcenter.foundation import Say, stand
from contactcenter.settings import Settings

if TYPE_CHECKING:
    from contactcenter.app import House

BACKLOG = 2048
PING_S = 20
FRAME_BYTES_MAX = 4 * 131_072  # the longest frame that any of our sockets reads, in UTF-8
DRAIN_S_MAX = 10
FILES_WANTED = 20_000


@asynccontextmanager
async def answering(settings: Settings, say: Say) -> AsyncGenerator["House"]:
    """Serve while the context is open, on the address and the databases of the settings.

    At the end nothing new is taken, what was begun is finished, sockets are closed (1012), leases
    are given back. Cancelled while it ends, it ends at once. Raises `CommandFailed` where the
    address cannot be had, `EmbeddedError` and `Refusal`.
    """
    with listen(settings.host, settings.port) as listener:
        settings = msgspec.structs.replace(settings, port=listener.getsockname()[1])
        loading = asyncio.create_task(asyncio.to_thread(_load, settings))
        async with stand(settings, say) as standing:
            await loading
            from contactcenter import app  # noqa: PLC0415 -- it is there by now

            house = await app.open_house(standing)
            async with serving(app.create(house), listener):
                yield house


@asynccontextmanager
async def serving(application: Any, listener: socket.socket) -> AsyncGenerator[None]:
    """Let an ASGI application answer on `listener` while the context is open."""
    server = _Server(_config(application))
    running = asyncio.create_task(server.serve(sockets=[listener]), name="http")
    await server.answers.wait()
    try:
        yield
    except asyncio.CancelledError:
        server.force_exit = True  # told twice at once: no request is waited for
        raise
    finally:
        server.should_exit = True
        await running


def listen(host: str, port: int) -> socket.socket:
    """Take the address, so that nobody else gets it. Raises `CommandFailed`."""
    try:
        [(family, *_, address), *_] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (")[0]
        if error.errno == errno.EADDRINUSE:
            why += "; stop what listens there, or name another"
        raise CommandFailed(f"cannot listen on {host}:{port}: {why}") from error


@contextmanager
def stopping() -> Generator[asyncio.Event]:
    """The event is set by SIGTERM or Ctrl-C; the next one cancels the task: it ends at once."""
    stop = asyncio.Event()
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def hear() -> None:
        if stop.is_set() and task:
            task.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, hear)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def raise_file_limit() -> int:
    """Let this process open as many files as it may; returns how many. Each socket is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _load(settings: Settings) -> None:
    """Import what a start will need; a new database needs the tools that make its schema."""
    import_module("contactcenter.app")
    if settings.database_url is None and not (settings.folder / "ready").exists():
        import_module("alembic.command")
        import_module("sqlalchemy.ext.asyncio")


class _Server(uvicorn.Server):
    """uvicorn, whose signals are handled in `stopping`. `answers`: it takes requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answers.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def _config(application: Any) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=PING_S,
        ws_ping_timeout=PING_S,
        ws_max_size=FRAME_BYTES_MAX,
        backlog=BACKLOG,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # whose X-Forwarded-For is believed is decided where access is
        timeout_graceful_shutdown=DRAIN_S_MAX,
    )
