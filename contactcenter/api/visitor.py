"""What websites and apps call for their visitors: sessions, messages, and what was said before."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from channels.adapters.web import BadToken, Claims, verify
from contactcenter.actions.abandon import Left, leave
from contactcenter.actions.receive import Inbound, Received
from contactcenter.actions.visit import (
    Host,
    Joined,
    Opened,
    Opening,
    begin,
    keep_context,
    sign_in,
    sign_out,
)
from contactcenter.api.access import Caller, Limit, who
from contactcenter.api.interactions import Taken
from contactcenter.api.paging import END, Place
from contactcenter.api.paging import Limit as PageLimit
from contactcenter.api.problems import refuses
from contactcenter.api.visitor_socket import visitor_socket
from contactcenter.api.visitor_words import (
    NewMessage,
    changed_context,
    check_listed,
    files_of,
    inbound,
    of_page,
)
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.errors import Forbidden, NotFound, NotSignedIn
from contactcenter.live.past import (
    History,
    read_before,
    read_current,
    read_history,
    read_identities,
)
from contactcenter.model.credential import digest, issue
from contactcenter.model.rulebook import Published
from contactcenter.settings import Settings

AnyRequest = Request[Any, Any, Any]

_SESSIONS = Limit("visitor-sessions", per_minute=1200, burst=400)
_MESSAGES = Limit("visitor-messages", per_minute=600, burst=60)
_READS = Limit("visitor-reads", per_minute=600, burst=60)


class NewSession(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`connection`: the website's or app's name. `jwt`: what its server signs of its customer.

    `name`: what a stranger says they are called; with `jwt` it is passed over.
    """

    connection: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
    jwt: Annotated[str, msgspec.Meta(max_length=16_384)] | None = None
    name: (
        Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None
    ) = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """`token` is shown this once: send it as `Authorization: Bearer`, never in a URL or a cookie.

    `joined`: what became of the anonymous session whose token came with a sign-in: its `history`
    is this account's now, or it belonged to another account, or there was none.
    """

    session: int
    token: str
    expires_at: datetime
    signed_in: bool
    joined: Joined


class HasLeft(msgspec.Struct, frozen=True):
    """`abandoned`: nobody had the matter yet. `told`: whoever has it was told. Else `nothing`."""

    left: Left


@post(
    "/v1/visitor/sessions",
    opt=who("nobody", limit=_SESSIONS)
    | refuses("401 bad-token", "403 origin", "404 no-connection"),
    tags=["visitor"],
    operation_id="BeginVisitorSession",
)
async def begin_session(
    request: AnyRequest,
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    data: JSONBody[NewSession],
) -> Begun:
    """Begin an anonymous session, or with `jwt` one of an account.

    A sign-in that carries the token of an anonymous session (`Authorization: Bearer ccv_…`) takes
    its history along and ends it.
    """
    async with database.snapshot() as tx:
        host = await tx.maybe(Host, "visitors.connection", data.connection)
    if host is None or host.channel not in ("web", "mobile"):
        detail = f"There is no connection {data.connection!r} for visitors."
        raise NotFound(detail, code="no-connection")
    _check_page(request.headers.get("origin"), host)
    token = issue("ccv_")
    opening = _opening(host.id, token, settings, now)
    if data.jwt is None:
        visitor = secrets.token_urlsafe(16)
        opened = await database.run(
            lambda tx: begin(tx, opening, host.name, visitor, now, name=data.name)
        )
        return _session(opened, opening, token, signed_in=False)
    claims = _claims(data.jwt, host, now)
    earlier = _earlier(request)
    opened = await database.run(lambda tx: sign_in(tx, opening, claims, earlier, book, now))
    return _session(opened, opening, token, signed_in=True)


@delete(
    "/v1/visitor/session",
    opt=who("customer") | refuses("403 origin"),
    status_code=200,
    tags=["visitor"],
    operation_id="EndVisitorSession",
)
async def end_session(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
) -> Begun:
    """Sign out: the session ends, and a new anonymous one begins that knows nothing of it."""
    visitor = of_page(request, caller)
    token = issue("ccv_")
    opening = _opening(visitor.connection_id, token, settings, now)
    value = secrets.token_urlsafe(16)
    opened = await database.run(
        lambda tx: sign_out(tx, visitor.id, opening, visitor.connection, value, now)
    )
    return _session(opened, opening, token, signed_in=False)


@post(
    "/v1/visitor/messages",
    opt=who("customer", limit=_MESSAGES)
    | refuses("403 origin", "403 blocked", "422 key-reused", "422 empty-message", "422 no-file"),
    tags=["visitor"],
    operation_id="SendVisitorMessage",
)
async def send_message(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    receiving: NamedDependency[Batch[Inbound, Received]],
    now: NamedDependency[datetime],
    data: JSONBody[NewMessage],
) -> Taken:
    """Say something. What is answered here is in the record, and cannot be lost any more."""
    visitor = of_page(request, caller)
    files = await files_of(database, visitor, data, now)
    said = inbound(visitor, data, now, _request_id(request), files)
    received = await receiving.submit(said)
    if context := changed_context(visitor.context, data.context):
        await database.run(lambda tx: keep_context(tx, visitor.id, context))
    return msgspec.convert(received, Taken, from_attributes=True)


@get(
    "/v1/visitor/conversation",
    opt=who("customer", limit=_READS) | refuses("403 origin"),
    tags=["visitor"],
    operation_id="ReadVisitorConversation",
)
async def read_conversation(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    after: Place = 0,
    before: Place = END,
    limit: PageLimit = 50,
) -> History:
    """What was said by and to this visitor after a position, or right before one, oldest first."""
    visitor = of_page(request, caller)
    async with database.snapshot() as tx:
        identities = await read_identities(tx, visitor)
        if before != END:
            return await read_before(tx, identities, before, limit)
        return await read_history(tx, identities, after, limit)


@post(
    "/v1/visitor/leave",
    opt=who("customer", limit=_MESSAGES) | refuses("403 origin", "409 item-changed"),
    status_code=200,
    tags=["visitor"],
    operation_id="LeaveVisitorConversation",
)
async def leave_conversation(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
) -> HasLeft:
    """End the conversation from the customer's side."""
    visitor = of_page(request, caller)
    async with database.snapshot() as tx:
        current = await read_current(tx, await read_identities(tx, visitor))
    if current is None:
        return HasLeft("nothing")
    return HasLeft(await database.run(lambda tx: leave(tx, current.id, book, now)))


def _check_page(origin: str | None, host: Host) -> None:
    """Raise `Forbidden` unless a page that the connection lists asks, or an app, which has none."""
    if origin is None and host.channel == "web":
        detail = "A website's connection is for browsers, which send an Origin."
        raise Forbidden(detail, code="origin")
    check_listed(origin, host.origins)


def _opening(connection: int, token: str, settings: Settings, now: datetime) -> Opening:
    return Opening(
        connection_id=connection,
        token_hash=digest(token),
        expires_at=now + timedelta(days=settings.visitor_days),
    )


def _session(opened: Opened, opening: Opening, token: str, *, signed_in: bool) -> Begun:
    return Begun(
        session=opened.session,
        token=token,
        expires_at=opening.expires_at,
        signed_in=signed_in,
        joined=opened.joined,
    )


def _claims(jwt: str, host: Host, now: datetime) -> Claims:
    try:
        return verify(jwt, host.secrets, now)
    except BadToken as error:
        raise NotSignedIn(str(error), code="bad-token", pointer="/jwt") from error


def _earlier(request: AnyRequest) -> bytes | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return digest(token) if kind.lower() == "bearer" and token.startswith("ccv_") else None


def _request_id(request: AnyRequest) -> str | None:
    return request.scope["state"].get("request_id")


ROUTES = [
    begin_session,
    end_session,
    send_message,
    read_conversation,
    leave_conversation,
    visitor_socket,
]
