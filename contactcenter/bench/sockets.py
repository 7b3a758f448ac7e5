"""A client for thousands of WebSockets in one process, as lean as can be.

It speaks what a load needs of RFC 6455: the handshake, masked text frames out, text and ping in.
"""

import asyncio
import base64
import os
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
_HEAD, _LONG, _LONGER = 2, 126, 127


class Peer(asyncio.Protocol):
    """One socket. `heard(peer, frame)` is called with each JSON frame; `opened` when it is open."""

    __slots__ = ("_buffer", "_heard", "_request", "_transport", "agent", "closed", "opened")

    def __init__(self, request: bytes, heard: Callable[["Peer", bytes], None]) -> None:
        self._request = request
        self._heard = heard
        self._buffer = b""
        self.opened = asyncio.get_running_loop().create_future()
        self.closed = False
        self.agent: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has closed, or the connection broke."""
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("closed in the handshake"))

    def data_received(self, data: bytes) -> None:
        """The end of the handshake, and frames."""
        data = self._buffer + data
        if not self.opened.done():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if b" 101 " not in head[:20]:
                self.opened.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self.opened.set_result(None)
        while (frame := _frame(data)) is not None:
            kind, payload, data = frame
            if kind == TEXT:
                self._heard(self, payload)
            elif kind == PING:
                self._transport.write(_masked(PONG, payload))
            elif kind == CLOSE:
                self._transport.close()
        self._buffer = data

    def say(self, frame: dict[str, object]) -> None:
        """Send a frame as JSON."""
        self._transport.write(_masked(TEXT, msgspec.json.encode(frame)))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


async def connect(
    port: int, path: str, headers: dict[str, str], heard: Callable[[Peer, bytes], None]
) -> Peer:
    """Open a socket to a server on 127.0.0.1."""
    key = base64.b64encode(os.urandom(16)).decode()
    wanted = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        **headers,
    }
    lines = [f"GET {path} HTTP/1.1", *(f"{n}: {v}" for n, v in wanted.items()), "", ""]
    request = "\r\n".join(lines).encode()
    loop = asyncio.get_running_loop()
    _, peer = await loop.create_connection(lambda: Peer(request, heard), "127.0.0.1", port)
    await peer.opened
    return peer


async def desk(port: int, token: str, heard: Callable[[Peer, bytes], None]) -> Peer:
    """An agent's desktop: connected, and greeted."""
    headers = {
        "Cookie": f"contactcenter_session={token}",
        "Origin": f"http://127.0.0.1:{port}",
    }
    peer = await connect(port, "/v1/desktop", headers, heard)
    peer.say({"type": "hello", "version": 1})
    return peer


def now() -> float:
    """Seconds of the machine's monotonic clock, the same in every process."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def _frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    """The first frame of what a server sent: kind, payload, and the rest."""
    if len(data) < _HEAD:
        return None
    kind, size, start = data[0] & 15, data[1], 2
    if size == _LONG:
        size, start = int.from_bytes(data[2:4]), 4
    elif size == _LONGER:
        size, start = int.from_bytes(data[2:10]), 10
    if len(data) < start + size:
        return None
    return kind, data[start : start + size], data[start + size :]


def _masked(kind: int, payload: bytes) -> bytes:
    """A client's frame. The mask is zero: it is there for proxies, and there is none here."""
    size = len(payload)
    if size < _LONG:
        head = bytes((0x80 | kind, 0x80 | size))
    else:
        head = bytes((0x80 | kind, 0x80 | _LONG)) + size.to_bytes(2)
    return head + bytes(4) + payload
