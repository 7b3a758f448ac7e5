"""What the desktop's and the board's sockets have in common: the shell around their streams."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from datetime import datetime
from types import coroutine
from typing import Any, Protocol, TypeVar

import msgspec
from litestar import WebSocket
from litestar.types import (
    ASGIApp,
    Receive,
    Scope,
    Send,
    WebSocketCloseEvent,
    WebSocketSendEvent,
)

from contactcenter.api.access import Caller
from contactcenter.api.problems import from_decoding
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, NotSignedIn, Refusal, TooLarge, TooMany, Unavailable
from contactcenter.live.frames import FRAME_BYTES_MAX, VERSION, Complaint
from contactcenter.live.hub import CLOSE_RESTART, CLOSE_REVOKED, Client
from contactcenter.live.stream import encode
from contactcenter.log import get

_log = get(part="sockets")

HELLO_S_MAX = 10
FRAMES_PER_S = 50
FRAMES_BURST = 200

CLOSE_HELLO = 4400
CLOSE_REFUSED = 4403
CLOSE_TOO_FAST = 4429

AnySocket = WebSocket[Any, Any, Any]


class Hello(Protocol):
    """The first frame."""

    @property
    def version(self) -> int:
        """Which protocol the client speaks."""
        ...


H = TypeVar("H", bound=Hello)


class Straight:
    """Around the application: keeps the server's own way of sending with the socket.

    The framework wraps it three times. For one frame to each of thousands, whose wrappings lie all
    over the memory, that takes a third of the time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] == "websocket":
            scope["state"]["straight"] = send
        await self._app(scope, receive, send)


def straight(socket: AnySocket) -> Send:
    """The server's own way of sending to this socket."""
    return socket.scope["state"]["straight"]


class Gone(Exception):  # noqa: N818 -- not an error: peers go
    """The peer has closed the socket, or it broke."""


async def greeting(socket: AnySocket, decode: Callable[[bytes], Any], kind: type[H]) -> H | None:
    """The `hello`; None when it did not come, or was wrong, and the socket is closed."""
    try:
        async with asyncio.timeout(HELLO_S_MAX):
            hello = decode(await take(socket))
    except Gone:
        return None
    except (TimeoutError, TooLarge, msgspec.MsgspecError, UnicodeDecodeError):
        hello = None
    if isinstance(hello, kind) and hello.version == VERSION:
        return hello
    detail = f"The first frame is hello, with version {VERSION}, within {HELLO_S_MAX} s."
    await _dismiss(socket, BadInput(detail, code="hello-first"), CLOSE_HELLO)
    return None


async def take(socket: AnySocket) -> bytes:
    """The next frame's text; raises `Gone`, or `TooLarge` for one beyond the limit."""
    message: Any = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise Gone
    data = message.get("bytes") or (message.get("text") or "").encode()
    if len(data) > FRAME_BYTES_MAX:
        detail = f"A frame holds at most {FRAME_BYTES_MAX} bytes; this one has {len(data)}."
        raise TooLarge(detail)
    return data


async def send(to: Send, frame: bytes) -> None:
    """Send a frame as text; raises `Gone`."""
    event: WebSocketSendEvent = {
        "type": "websocket.send",
        "text": frame.decode(),
        "bytes": None,
    }
    try:
        await to(event)
    except OSError as error:
        raise Gone from error


async def close(to: Send, code: int) -> None:
    """Close it, unless the peer was first."""
    event: WebSocketCloseEvent = {"type": "websocket.close", "code": code, "reason": ""}
    with suppress(OSError, RuntimeError):
        await to(event)


def close_at_end(client: Client, caller: Caller, now: datetime) -> asyncio.TimerHandle | None:
    """Close the client's socket when its sign-in ends."""
    if caller.expires_at is None:
        return None
    left_s = (caller.expires_at - now).total_seconds()
    return asyncio.get_running_loop().call_later(left_s, client.close, CLOSE_REVOKED)


async def check_session(database: Database, caller: Caller) -> None:
    """Whoever was signed out before their socket could hear of it is refused here."""
    async with database.snapshot() as tx:
        if await tx.maybe(int, "sessions.valid", caller.session_id) is None:
            raise NotSignedIn("You have been signed out; sign in again.")


async def dismiss(socket: AnySocket, refusal: Refusal) -> None:
    """Say why, and close with the code that tells the client what to do."""
    match refusal:
        case NotSignedIn():
            await _dismiss(socket, refusal, CLOSE_REVOKED)
        case Unavailable():
            await _dismiss(socket, refusal, CLOSE_RESTART)
        case _:
            await _dismiss(socket, refusal, CLOSE_REFUSED)


async def _dismiss(socket: AnySocket, refusal: Refusal, code: int) -> None:
    with suppress(Gone):
        await send(socket.send, encode(Complaint(refusal.problem())))
        await close(socket.send, code)


class Writer:
    """Sends what a client's stream gives; has a task only while the peer or the database is slow.

    `restart` starts a lost stream anew. Once the client is to be closed, nothing more is sent.
    """

    __slots__ = ("_client", "_restart", "_send", "_task")

    def __init__(self, socket: AnySocket, restart: Callable[[], Awaitable[None]]) -> None:
        self._send = straight(socket)
        self._restart = restart
        self._client: Client | None = None
        self._task: asyncio.Task[None] | None = None

    def serve(self, client: Client) -> None:
        """Begin: until now what the client was given has waited."""
        self._client = client
        self.ring()

    def ring(self) -> None:
        """There is something to send, or the socket is to be closed."""
        client = self._client
        if client is None or self._task:
            return
        work = self._write(client)
        if client.stream.lost:  # what asks the database must be within a task from its start
            self._task = asyncio.get_running_loop().create_task(work)
        else:
            self._task = begin(work)

    def stop(self) -> None:
        """The peer is gone."""
        self._client = None
        if self._task:
            self._task.cancel()

    async def _write(self, client: Client) -> None:
        try:
            while client.close_code is None:
                if client.stream.lost:
                    await self._restart()
                frames = client.stream.take()
                if not frames:
                    return
                for frame in frames:
                    await send(self._send, frame)
            await close(self._send, client.close_code)
        except Gone:
            return
        except Exception as error:  # noqa: BLE001 -- without its writer the socket is of no use
            if not isinstance(error, Refusal):
                _log.exception("a desktop could not be written to")
            await close(self._send, CLOSE_RESTART)
        finally:
            self._task = None


def begin(work: Coroutine[Any, None, None]) -> asyncio.Task[None] | None:
    """Do as much as needs no waiting, at once; the task that is returned does the rest, if any.

    The operating system takes most frames at once, and a task costs as much as sending one.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return asyncio.get_running_loop().create_task(_go_on(work, awaited))


async def _go_on(work: Coroutine[Any, None, None], awaited: object) -> None:
    await _taken_over(work, awaited)


@coroutine
def _taken_over(work: Coroutine[Any, None, None], awaited: object) -> Generator[Any, None, None]:
    yield awaited
    yield from work


async def read(
    socket: AnySocket, client: Client, receive: Callable[[bytes], Awaitable[None]]
) -> None:
    """Hand each frame on; what is wrong with one is said, and the connection is kept."""
    loop = asyncio.get_running_loop()
    tokens, refilled = float(FRAMES_BURST), loop.time()
    while True:
        try:
            data = await take(socket)
            if client.close_code is not None:
                continue  # being closed: what still comes is not done
            tokens = min(FRAMES_BURST, tokens + (loop.time() - refilled) * FRAMES_PER_S) - 1
            refilled = loop.time()
            if tokens < -FRAMES_BURST:
                client.close(CLOSE_TOO_FAST)
            if tokens < 0:
                detail = f"At most {FRAMES_PER_S} frames a second."
                raise TooMany(detail, retry_after_s=1)
            await receive(data)
        except Refusal as refusal:
            complain(client, refusal)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            complain(client, from_decoding(error))


def complain(client: Client, refusal: Refusal) -> None:
    """Say what is wrong with a frame that has no id."""
    client.stream.say(encode(Complaint(refusal.problem())))
    client.ring()
