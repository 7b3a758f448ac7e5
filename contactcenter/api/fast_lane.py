"""A short way in for the busiest route: known bots' posts pass by the framework's machinery.

It takes only what it is sure of: JSON of bounded size that is posted to /v1/interactions by a key
that is held in memory, with the scope for it, in the plainest of requests. Everything else goes the
ordinary way, through the same handler's route, which finds out what is wrong and says so. Measured:
a third of the time of a request.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import structlog
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from prometheus_client import Counter

from contactcenter.actions.receive import Inbound, Received
from contactcenter.api.inputs import BODY
from contactcenter.api.interactions import PATH, Posting, answer
from contactcenter.api.problems import MEDIA_TYPE, headers, internal
from contactcenter.api.request_id import HEADER, request_id
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.errors import Refusal
from contactcenter.live.credentials import Credentials
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.model.caller import Caller

_TAKEN = Counter("contactcenter_fast_lane_requests_total", "Posts by the short way", ["status"])
_BEARER = b"Bearer cck_"
_HOST = re.compile(rb"[A-Za-z0-9.-]+(:[0-9]+)?")


class FastLane:
    """Wraps the application."""

    def __init__(
        self,
        app: ASGIApp,
        credentials: Credentials,
        database: Database,
        receiving: Batch[Inbound, Received],
        rulebook: RulebookInForce,
        clock: Callable[[], datetime],
        body_bytes_max: int,
    ) -> None:
        self._app = app
        self._credentials = credentials
        self._database = database
        self._receiving = receiving
        self._rulebook = rulebook
        self._clock = clock
        self._body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is known to be right, and pass on the rest."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            now = self._clock()
            given = _plain(scope)
            if caller := self._known(given, now):
                named = request_id(given.get(HEADER, b""))
                posting = Posting(
                    caller,
                    self._database,
                    self._receiving,
                    self._rulebook.current,
                    now,
                    named,
                )
                await _answer(posting, named, receive, send)
                return
        await self._app(scope, receive, send)

    def _known(self, headers: dict[bytes, bytes], now: datetime) -> Caller | None:
        """The bot, if there is no doubt about it and its request is small enough."""
        authorization = headers.get(b"authorization", b"")
        if not authorization.startswith(_BEARER):
            return None
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or not 0 < int(length) <= self._body_bytes_max:
            return None
        caller = self._credentials.held(authorization[7:].decode("latin-1"), now)
        if caller is None or "interactions:write" not in caller.scopes:
            return None
        return caller


def _plain(scope: HTTPScope) -> dict[bytes, bytes]:
    """The headers; none where the ordinary way could find fault with the request's outside."""
    pairs = list(scope["headers"])
    headers = dict(pairs)
    plain = (
        len(headers) == len(pairs)
        and not scope["query_string"]
        and headers.get(b"content-type") == BODY.encode()
        and _HOST.fullmatch(headers.get(b"host", b""))
    )
    return headers if plain else {}


async def _answer(posting: Posting, named: str, receive: Receive, send: Send) -> None:
    parts: list[bytes] = []
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            return
        parts.append(message["body"])
        if not message["more_body"]:
            break
    status, kind, more = 200, BODY, list[tuple[bytes, bytes]]()
    try:
        body = await answer(posting, b"".join(parts))
    except Exception as error:  # noqa: BLE001 -- the last place before the server's bare 500
        refused = isinstance(error, Refusal)
        with structlog.contextvars.bound_contextvars(request_id=named):
            problem = error.problem() if refused else internal(PATH, error)
        status, kind, body = problem.status, MEDIA_TYPE, msgspec.json.encode(problem)
        more = [(n.lower().encode(), v.encode()) for n, v in headers(problem).items()]
    _TAKEN.labels(status).inc()
    told = [
        (b"content-type", kind.encode()),
        (b"content-length", b"%d" % len(body)),
        *more,
        (HEADER, named.encode()),
    ]
    start: Any = {"type": "http.response.start", "status": status, "headers": told}
    await send(start)
    end: Any = {"type": "http.response.body", "body": body, "more_body": False}
    await send(end)
