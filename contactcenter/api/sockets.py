"""What the desktop's and the board's sockets have in common: the shell around their streams."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, Protocol, TypeVar

import msgspec
from litestar import WebSocket
from litestar.types import WebSocketSendEvent

from contactcenter.api.access import Caller
from contactcenter.api.problems import from_decoding
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, NotSignedIn, Refusal, TooLarge, TooMany, Unavailable
from contactcenter.live.frames import FRAME_BYTES_MAX, VERSION, Complaint
from contactcenter.live.hub import CLOSE_RESTART, CLOSE_REVOKED
from contactcenter.live.stream import Stream, encode

HELLO_S_MAX = 10
FRAMES_PER_S = 50
FRAMES_BURST = 200

CLOSE_HELLO = 4400
CLOSE_REFUSED = 4403
CLOSE_TOO_FAST = 4429

AnySocket = WebSocket[Any, Any, Any]


class Client(Protocol):
    """What the shell needs of a connected client."""

    stream: Stream
    bell: asyncio.Event
    close_code: int | None

    def close(self, code: int) -> None:
        """Ask the writer to close the socket."""
        ...


class Hello(Protocol):
    """The first frame."""

    @property
    def version(self) -> int:
        """Which protocol the client speaks."""
        ...


H = TypeVar("H", bound=Hello)


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


async def send(socket: AnySocket, frame: bytes) -> None:
    """Send a frame as text; raises `Gone`."""
    event: WebSocketSendEvent = {
        "type": "websocket.send",
        "text": frame.decode(),
        "bytes": None,
    }
    try:
        await socket.send(event)
    except OSError as error:
        raise Gone from error


@asynccontextmanager
async def connected(
    socket: AnySocket, client: Client, caller: Caller, database: Database, now: datetime
) -> AsyncGenerator[None]:
    """While a client that facts can reach already is served: until its sign-in ends, or it goes.

    Who was signed out before they could hear of it is told here.
    """
    loop = asyncio.get_running_loop()
    ends = None
    if caller.expires_at is not None:
        left_s = (caller.expires_at - now).total_seconds()
        ends = loop.call_later(left_s, client.close, CLOSE_REVOKED)
    try:
        await _check_session(database, caller)
        yield
    except NotSignedIn as refusal:
        await _dismiss(socket, refusal, CLOSE_REVOKED)
    except Unavailable as refusal:
        await _dismiss(socket, refusal, CLOSE_RESTART)
    except Refusal as refusal:
        await _dismiss(socket, refusal, CLOSE_REFUSED)
    except Gone:
        return
    finally:
        if ends:
            ends.cancel()


async def _check_session(database: Database, caller: Caller) -> None:
    async with database.snapshot() as tx:
        if await tx.maybe(int, "sessions.valid", caller.session_id) is None:
            raise NotSignedIn("You have been signed out; sign in again.")


async def _dismiss(socket: AnySocket, refusal: Refusal, code: int) -> None:
    with suppress(Gone):
        await send(socket, encode(Complaint(refusal.problem())))
        await socket.close(code)


async def write(socket: AnySocket, client: Client, restart: Callable[[], Awaitable[None]]) -> None:
    """Send what the stream gives, until the client is to be closed; a lost stream starts anew."""
    while True:
        await client.bell.wait()
        client.bell.clear()
        if client.close_code is not None:
            await socket.close(client.close_code)
            return
        if client.stream.lost:
            await restart()
        for frame in client.stream.take():
            await send(socket, frame)


async def read(
    socket: AnySocket, client: Client, receive: Callable[[bytes], Awaitable[None]]
) -> None:
    """Hand each frame on; what is wrong with one is said, and the connection is kept."""
    loop = asyncio.get_running_loop()
    tokens, refilled = float(FRAMES_BURST), loop.time()
    while True:
        try:
            data = await take(socket)
            tokens = min(FRAMES_BURST, tokens + (loop.time() - refilled) * FRAMES_PER_S) - 1
            refilled = loop.time()
            if tokens < -FRAMES_BURST:
                client.close(CLOSE_TOO_FAST)
                await asyncio.Event().wait()
            if tokens < 0:
                detail = f"At most {FRAMES_PER_S} frames a second."
                raise TooMany(detail, retry_after_s=1)
            await receive(data)
        except Refusal as refusal:
            complain(client, refusal)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            complain(client, from_decoding(error))


async def both(*running: Awaitable[None]) -> None:
    """Reader and writer: when one ends, so does the other."""
    tasks = [asyncio.ensure_future(one) for one in running]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if (error := task.exception()) and not isinstance(error, Gone):
                raise error
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def complain(client: Client, refusal: Refusal) -> None:
    """Say what is wrong with a frame that has no id."""
    client.stream.say(encode(Complaint(refusal.problem())))
    client.bell.set()
