"""Each request has an id: the caller's own `X-Request-Id` where it sends a usable one, or ours.

By it a request is found in the logs, on what it has said, and in the audit; each answer names it.
"""

from itertools import count
from uuid import uuid4

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"
LENGTH_MAX = 64

_process = uuid4().hex[:20]
_numbers = count(1)
"""Chance is drawn once: for each request it would take a tenth of the time of a short one."""


class RequestId:
    """Around the whole application, so that what is not there is answered with an id too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the id to the request, to every line that is logged in it, and to its answer."""
        kind = str(scope["type"])
        if kind == "lifespan":
            await self._app(scope, receive, send)
            return
        named = request_id(next((v for n, v in scope["headers"] if n == HEADER), b""))
        scope["state"]["request_id"] = named
        # A socket's frames are many, and have no headers.
        answer = _naming(send, named) if kind == "http" else send
        with structlog.contextvars.bound_contextvars(request_id=named):
            await self._app(scope, receive, answer)


def request_id(given: bytes) -> str:
    """The id of a request that came with this header, or without one (empty)."""
    if 0 < len(given) <= LENGTH_MAX and given.isascii() and given.decode().isprintable():
        return given.decode()
    return f"{_process}{next(_numbers):012x}"


def _naming(send: Send, named: str) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (HEADER, named.encode())]
        await send(message)

    return tell
