"""What the desktop's and the board's sockets have in common: the shell around their streams."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import msgspec
from litestar import WebSocket
from litestar.types import WebSocketSendEvent

from contactcenter.api.problems import from_decoding
from contactcenter.errors import BadInput, Refusal, TooLarge, TooMany
from contactcenter.live.frames import FRAME_BYTES_MAX, VERSION, Complaint
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


class Hello(Protocol):
    """The first frame."""

    @property
    def version(self) -> int: ...


H = TypeVar("H", bound=Hello)


class Gone(Exception):  # noqa: N818 -- not an error: peers go
    """The peer has closed the socket, or it broke."""


async def greeting(socket: AnySocket, decode: Callable[[bytes], Any], kind: type[H]) -> H | None:
    """The `hello`; None when it did not come, or was wrong, and the socket has been closed."""
    try:
        async with asyncio.timeout(HELLO_S_MAX):
            hello = decode(await take(socket))
    except (TimeoutError, msgspec.MsgspecError, UnicodeDecodeError):
        hello = None
    if isinstance(hello, kind) and hello.version == VERSION:
        return hello
    detail = f"The first frame is hello, with version {VERSION}, within {HELLO_S_MAX} s."
    await send(socket, encode(Complaint(BadInput(detail, code="hello-first").problem())))
    await socket.close(CLOSE_HELLO, "say hello first")
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
    """Send a frame as text."""
    event: WebSocketSendEvent = {
        "type": "websocket.send",
        "text": frame.decode(),
        "bytes": None,
    }
    await socket.send(event)


async def write(socket: AnySocket, client: Client, restart: Callable[[], Awaitable[None]]) -> None:
    """Send what the stream gives, until the client is to be closed; a lost stream starts anew."""
    while True:
        await client.bell.wait()
        client.bell.clear()
        if client.close_code is not None:
            await socket.close(client.close_code)
            return
        if client.stream.lost:
            client.stream.restart()
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
                client.close_code = CLOSE_TOO_FAST
                client.bell.set()
                return
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
    client.stream.say(encode(Complaint(refusal.problem())))
    client.bell.set()
