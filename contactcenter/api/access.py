"""Who may do what: every route declares it, this middleware finds out who calls and holds to it.

    @get("/v1/customers/{id:int}", opt=who("agent", "supervisor"))

Three credentials: staff by the cookie of a session, bots by `Authorization: Bearer cck_…`, and
customers by `Authorization: Bearer ccv_…`. A header is preferred to a cookie. A route of "nobody"
alone is public: it does not ask, so that a stale cookie keeps nobody from signing in again. On all
other routes a credential that is not valid is refused (401), never taken for nobody.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, assert_never, cast

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from contactcenter.api.problems import MEDIA_TYPE
from contactcenter.errors import Forbidden, NotSignedIn, Refusal
from contactcenter.live.credentials import Credentials
from contactcenter.live.limits import Limit, Limits
from contactcenter.model.caller import NOBODY, Actor, Caller, VisitorSession
from contactcenter.settings import Settings
from contactcenter.words import CallerKind
from contactcenter.words import Scope as KeyScope

__all__ = [
    "COOKIE",
    "DEPENDENCIES",
    "STAFF",
    "Access",
    "Actor",
    "Caller",
    "Limit",
    "VisitorSession",
    "check_origin",
    "check_routes",
    "client_address",
    "who",
]

COOKIE = "contactcenter_session"
STAFF: tuple[CallerKind, ...] = ("agent", "supervisor", "administrator")

_SAFE = frozenset(("GET", "HEAD"))
_WRONG_CREDENTIALS = Limit("wrong-credentials", per_minute=60, burst=30)


def who(
    *kinds: CallerKind, scope: KeyScope | None = None, limit: Limit | None = None
) -> dict[str, Any]:
    """The `opt` of a route: who may use it; which scope an API key needs for it; how often.

    "nobody" allows whoever has no credential. The limit counts for each caller, and where the
    caller is nobody for each client address.
    """
    return {"who": frozenset(kinds), "scope": scope, "limit": limit}


def check_routes(app: Litestar) -> None:
    """Raise `LookupError` where a route does not say who may use it; call it at the start."""
    silent = [
        f"{'/'.join(methods) or 'ASGI'} {path}"
        for path, methods, opt in declared(app)
        if not opt.get("who")
    ]
    if silent:
        message = f"These routes do not say who may use them: {', '.join(sorted(silent))}"
        raise LookupError(message)


def declared(app: Litestar) -> Iterable[tuple[str, tuple[str, ...], Mapping[str, Any]]]:
    """Path, methods and `opt` of every route; a socket's method is "SOCKET", a mount has none.

    Answers to OPTIONS that Litestar makes by itself, which tell the methods only, are left out.
    """
    for route in app.routes:
        match route:
            case HTTPRoute():
                for handler in route.route_handlers:
                    methods = tuple(sorted(handler.http_methods))
                    if methods != ("OPTIONS",):
                        yield route.path, methods, handler.opt
            case WebSocketRoute():
                yield route.path, ("SOCKET",), route.route_handler.opt
            case ASGIRoute():
                yield route.path, (), route.route_handler.opt
            case _:
                assert_never(route)


class Access:
    """The middleware: find out who calls, and refuse whom the route does not name.

    `clock` gives the time. The caller is left in the connection's state, for `DEPENDENCIES`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        credentials: Credentials,
        limits: Limits,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self.app = app
        self._credentials = credentials
        self._limits = limits
        self._settings = settings
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            await self.app(scope, receive, send)
            return
        try:
            scope["state"]["caller"] = await self._admit(scope)
        except Refusal as refusal:
            if scope["type"] != "websocket":
                raise
            await _refuse_handshake(refusal, send)
            return
        await self.app(scope, receive, send)

    async def _admit(self, scope: Scope) -> Caller:
        opt = scope["route_handler"].opt
        kinds: frozenset[CallerKind] = opt["who"]
        public = len(kinds) == 1 and "nobody" in kinds
        caller = NOBODY if public else await self._caller(scope)
        if caller.kind not in kinds:
            raise _not_for(caller, kinds)
        needed = opt.get("scope")
        if needed is not None and caller.kind == "bot" and needed not in caller.scopes:
            detail = f"This API key lacks the scope {needed}."
            raise Forbidden(detail, code="missing-scope")
        limit = opt.get("limit")
        if limit is not None:
            key = caller.credential or self._address(scope)
            self._limits.take(limit, key, self._clock())
        return caller

    async def _caller(self, scope: Scope) -> Caller:
        header = cookie = ""
        for name, value in scope["headers"]:
            if name == b"authorization":
                header = value.decode("latin-1")
            elif name == b"cookie":
                cookie = value.decode("latin-1")
        if header:
            kind, _, token = header.partition(" ")
            if kind.lower() != "bearer" or not token.startswith(("cck_", "ccv_")):
                detail = "Send an API key or a visitor's token as `Authorization: Bearer …`."
                raise NotSignedIn(detail)
            return await self._known(token, scope)
        token = session_token(cookie)
        if not token:
            return NOBODY
        if cast("Any", scope).get("method") not in _SAFE:
            check_origin(scope, self._settings)
        if not token.startswith("ccs_"):
            raise NotSignedIn("This sign-in is not valid; sign in again.")
        return await self._known(token, scope)

    async def _known(self, token: str, scope: Scope) -> Caller:
        """Whose token it is. Whoever sends many that are nobody's is not answered for a while."""
        now = self._clock()
        if (caller := self._credentials.held(token, now)) is not None:
            return caller
        address = self._address(scope)
        self._limits.check(_WRONG_CREDENTIALS, address, now)
        try:
            return await self._credentials.caller(token, now)
        except NotSignedIn:
            self._limits.take(_WRONG_CREDENTIALS, address, now)
            raise

    def _address(self, scope: Scope) -> str:
        return client_address(scope, self._settings)


def session_token(cookies: str) -> str:
    """The session's token in a `Cookie` header; empty where there is none."""
    for part in cookies.split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE:
            return value
    return ""


def check_origin(scope: Scope, settings: Settings) -> None:
    """Raise `Forbidden` (cross-site) unless a browser sent this from a page of ours.

    A cookie travels with whatever page sends a request: only our own pages may use it to change
    something or to open a socket.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin")
    if origin is not None and _ours(origin, headers.get(b"host", ""), settings):
        return
    if origin is None and headers.get(b"sec-fetch-site") == "same-origin":
        return
    detail = "This must come from a page of this system: the header Origin names another one."
    raise Forbidden(detail, code="cross-site")


def _ours(origin: str, host: str, settings: Settings) -> bool:
    if settings.public_url is not None:
        return origin == settings.origin
    return bool(host) and origin in (f"http://{host}", f"https://{host}")


def client_address(scope: Scope, settings: Settings) -> str:
    """Where a request came from; of IPv6 the /64 network, since a client has all of it.

    `X-Forwarded-For` is believed as far as `settings.trusted_proxies` have written it.
    """
    client = scope["client"]
    address = client[0] if client else ""
    if not settings.trusted_proxies:
        return _network(address)
    forwarded = b",".join(v for name, v in scope["headers"] if name == b"x-forwarded-for")
    for hop in reversed([h.strip() for h in forwarded.decode("latin-1").split(",")]):
        if not hop or not _trusted(address, settings.trusted_proxies):
            break
        address = hop
    return _network(address)


def _trusted(address: str, proxies: tuple[str, ...]) -> bool:
    try:
        return any(ip_address(address) in ip_network(proxy) for proxy in proxies)
    except ValueError:
        return False


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return address


def _not_for(caller: Caller, kinds: frozenset[CallerKind]) -> Refusal:
    if caller.kind == "nobody":
        return NotSignedIn("Sign in, or send a credential, to use this.")
    allowed = ", ".join(sorted(kinds - {"nobody"}))
    detail = f"This is for: {allowed}. You are: {caller.kind}."
    return Forbidden(detail, code="not-your-role")


async def _refuse_handshake(refusal: Refusal, send: Send) -> None:
    """Answer a socket's request with the problem itself, before it becomes a socket."""
    start = {
        "type": "websocket.http.response.start",
        "status": refusal.status,
        "headers": [(b"content-type", MEDIA_TYPE.encode())],
    }
    body = {
        "type": "websocket.http.response.body",
        "body": msgspec.json.encode(refusal.problem()),
        "more_body": False,
    }
    await send(cast("Any", start))
    await send(cast("Any", body))


def _provide_caller(scope: Scope) -> Caller:
    return scope["state"]["caller"]


def _provide_actor(scope: Scope) -> Actor:
    caller: Caller = scope["state"]["caller"]
    return caller.actor(scope["state"].get("request_id"))


DEPENDENCIES = {
    "caller": Provide(_provide_caller, sync_to_thread=False),
    "actor": Provide(_provide_actor, sync_to_thread=False),
}
"""For the application: `caller: Caller`, and `actor: Actor` for the audit trail."""
