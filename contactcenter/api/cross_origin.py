"""Let pages of other origins read the answers of the visitors' routes, and of no other routes.

Those that connections list may (https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

from litestar.types import Message, Scope

from contactcenter.errors import Unavailable
from contactcenter.live.origins import Origins

PREFIX = "/v1/visitor/"
_ANSWER = [(b"access-control-expose-headers", b"Retry-After, X-Request-Id")]
_PREFLIGHT = [
    (b"access-control-allow-methods", b"GET, POST, DELETE"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, X-Request-Id"),
    (b"access-control-max-age", b"600"),
]


class CrossOrigin:
    """`tell` is for `before_send`, so that refusals can be read too."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    async def tell(self, message: Message, scope: Scope) -> None:
        """Add what lets the page read the answer, where it may."""
        if message["type"] != "http.response.start" or not scope["path"].startswith(PREFIX):
            return
        headers = [*message["headers"], (b"vary", b"Origin")]
        origin = next((v for n, v in scope["headers"] if n == b"origin"), None)
        if origin is not None and await self._allowed(origin):
            preflight = scope["type"] == "http" and scope["method"] == "OPTIONS"
            headers += [
                (b"access-control-allow-origin", origin),
                *(_PREFLIGHT if preflight else _ANSWER),
            ]
        message["headers"] = headers

    async def _allowed(self, origin: bytes) -> bool:
        try:
            return await self._origins.allowed(origin.decode("latin-1"))
        except Unavailable:
            return False
