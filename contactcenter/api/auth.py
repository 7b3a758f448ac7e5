"""Staff sign in and out, and look after their own sessions and password."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.passwords import change_password, set_by_link
from contactcenter.actions.sign_in import NewSession, end_session, end_sessions, sign_in
from contactcenter.actions.undo import UndoSeconds, set_undo
from contactcenter.api.access import (
    COOKIE,
    STAFF,
    Actor,
    Caller,
    Limit,
    check_origin,
    client_address,
    who,
)
from contactcenter.api.paging import END, Id, Place
from contactcenter.api.paging import Limit as PageSize
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.errors import Forbidden, NotSignedIn
from contactcenter.model import password
from contactcenter.model.credential import digest, issue
from contactcenter.record.prove import Candidate
from contactcenter.settings import Settings
from contactcenter.words import Role

T = TypeVar("T")

SIGN_IN = Limit("sign-in", per_minute=30, burst=20)
"""For each client address; wrong passwords are counted for each person besides."""
PASSWORD = Limit("password", per_minute=10, burst=10)

BROWSER_MAX = 200

_HASHERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
"""Few, since each takes a processor and 19 MiB while it works."""

Given = Annotated[str, msgspec.Meta(max_length=password.LENGTH_MAX, pattern=r"^[^\x00]*$")]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The login (in whatever case) and the password."""

    login: Given
    password: Given


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in, by which session, until when.

    `undo_s`: for how many seconds their desktops hold a reply; 0: not at all, null: whoever takes
    no work.
    """

    id: int
    login: str
    name: str
    role: Role
    session: int
    expires_at: datetime
    undo_s: int | None


class Preferences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`undo_s`: for how many seconds your desktops hold a reply; 0: not at all."""

    undo_s: UndoSeconds


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password until now, and the one from now on."""

    former: Given
    password: Given


class PasswordByLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`token`: what stands behind the `#` of the link."""

    token: Given
    password: Given


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in; `current`: the one that asks. `browser`: what it called itself."""

    id: int
    address: str
    browser: str
    created_at: datetime
    expires_at: datetime
    current: bool = False


class Sessions(msgspec.Struct, frozen=True):
    """Newest first; ask again with `next` as `after` for the following page."""

    items: list[Session]
    next: int | None


@post(
    "/v1/sign-in",
    opt=who("nobody", limit=SIGN_IN) | refuses("401 sign-in-refused", "403 cross-site"),
    status_code=200,
    tags=["sign-in"],
    operation_id="SignIn",
)
async def post_sign_in(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[SignIn],
) -> Response[Me]:
    """Sign in with a password; the answer sets the session's cookie.

    What is wrong is not said (401): an unknown login, a wrong password, a disabled person and one
    who is locked out after several wrong passwords all get the same answer.
    """
    if "origin" in request.headers:
        check_origin(request.scope, settings)
    login = data.login.strip().lower()
    async with database.snapshot() as tx:
        candidate = await tx.maybe(Candidate, "people.candidate", login)
    correct = await _hashing(
        lambda: password.matches(candidate and candidate.password_hash, data.password)
    )
    token = issue("ccs_")
    life = timedelta(hours=settings.sign_in_hours)
    session = NewSession(
        token_hash=digest(token),
        address=client_address(request.scope, settings),
        browser=_printable(request.headers.get("user-agent", "")),
        expires_at=now + life,
    )
    signed_in = await database.run(
        lambda tx: sign_in(
            tx, candidate, session, now, correct=correct, request_id=actor.request_id
        )
    )
    if signed_in is None:
        detail = (
            "The login or the password is wrong, or there were too many wrong ones just now. "
            "Try again in a while, or ask an administrator for a link to set a new password."
        )
        raise NotSignedIn(detail, code="sign-in-refused")
    me = await _me(database, signed_in.person.id, signed_in.session_id, session.expires_at)
    return Response(me, cookies=[_cookie(token, int(life.total_seconds()), settings)])


class _Named(msgspec.Struct, frozen=True):
    login: str
    name: str
    role: Role
    undo_s: int | None


@get("/v1/me", opt=who(*STAFF), tags=["sign-in"], operation_id="ReadMe")
async def me(database: NamedDependency[Database], caller: NamedDependency[Caller]) -> Me:
    """Say who is signed in."""
    return await _me_of(database, caller)


@patch(
    "/v1/me",
    opt=who(*STAFF) | refuses("409 no-agent"),
    tags=["sign-in"],
    operation_id="SetPreferences",
)
async def patch_me(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
    data: JSONBody[Preferences],
) -> Me:
    """Say what you like; your desktops hear it at once."""
    person, _ = _own(caller)
    await database.run(lambda tx: set_undo(tx, person, data.undo_s, now))
    return await _me_of(database, caller)


async def _me_of(database: Database, caller: Caller) -> Me:
    person, session = _own(caller)
    assert caller.expires_at is not None
    return await _me(database, person, session, caller.expires_at)


async def _me(database: Database, person: int, session: int, expires_at: datetime) -> Me:
    async with database.snapshot() as tx:
        named = await tx.one(_Named, "people.me", person)
    return Me(id=person, session=session, expires_at=expires_at, **msgspec.structs.asdict(named))


@post(
    "/v1/sign-out",
    opt=who(*STAFF) | refuses("404 not-found"),
    status_code=204,
    tags=["sign-in"],
    operation_id="SignOut",
)
async def sign_out(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[None]:
    """End this session; its sockets close."""
    person, session = _own(caller)
    await database.run(lambda tx: end_session(tx, person, session, actor, now))
    return Response(None, status_code=204, cookies=[_cookie("", 0, settings)])


@post(
    "/v1/sign-out-everywhere",
    opt=who(*STAFF),
    status_code=204,
    tags=["sign-in"],
    operation_id="SignOutEverywhere",
)
async def sign_out_everywhere(
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[None]:
    """End all your sessions, on every device; their sockets close."""
    person, _ = _own(caller)
    await database.run(lambda tx: end_sessions(tx, person, actor, now))
    return Response(None, status_code=204, cookies=[_cookie("", 0, settings)])


@get("/v1/sessions", opt=who(*STAFF), tags=["sign-in"], operation_id="ReadSessions")
async def sessions(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    now: NamedDependency[datetime],
    after: Place = END,
    limit: PageSize = 50,
) -> Sessions:
    """Your sessions that have not ended, newest first."""
    person, session = _own(caller)
    return await sessions_of(database, person, session, now, after, limit)


@delete("/v1/sessions/{session:int}", opt=who(*STAFF), tags=["sign-in"], operation_id="EndSession")
async def delete_session(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    session: Id,
) -> None:
    """End one of your sessions; its sockets close."""
    person, _ = _own(caller)
    await database.run(lambda tx: end_session(tx, person, session, actor, now))


@post(
    "/v1/password",
    opt=who(*STAFF, limit=PASSWORD) | refuses("403 wrong-password", "422 weak-password"),
    status_code=204,
    tags=["sign-in"],
    operation_id="ChangePassword",
)
async def post_password(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[PasswordChange],
) -> None:
    """Change your password; your other sessions end.

    A wrong former one (403, `wrong-password`) counts like one at the sign-in.
    """
    password.check(data.password, "/password")
    person, session = _own(caller)
    async with database.snapshot() as tx:
        candidate = await tx.one(Candidate, "people.candidate_by_id", person)
    correct = await _hashing(lambda: password.matches(candidate.password_hash, data.former))
    kept = await _hashing(lambda: password.hashed(data.password))
    changed = await database.run(
        lambda tx: change_password(tx, candidate, session, kept, actor, now, correct=correct)
    )
    if not changed:
        detail = "The former password is wrong, or there were too many wrong ones just now."
        raise Forbidden(detail, code="wrong-password", pointer="/former")


@post(
    "/v1/password-by-link",
    opt=who("nobody", limit=PASSWORD) | refuses("409 link-used", "422 weak-password"),
    status_code=204,
    tags=["sign-in"],
    operation_id="SetPasswordByLink",
)
async def post_password_by_link(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[PasswordByLink],
) -> None:
    """Set a password by a link that an administrator has made. It works once, for 24 hours."""
    password.check(data.password, "/password")
    kept = await _hashing(lambda: password.hashed(data.password))
    await database.run(lambda tx: set_by_link(tx, digest(data.token), kept, now, actor.request_id))


async def sessions_of(
    database: Database, person: int, current: int | None, now: datetime, after: int, limit: int
) -> Sessions:
    """A page of a person's sessions."""
    async with database.snapshot() as tx:
        found = await tx.many(Session, "sessions.live", person, now, after, limit + 1)
    items = [msgspec.structs.replace(s, current=s.id == current) for s in found[:limit]]
    return Sessions(items, items[-1].id if len(found) > limit else None)


def _own(caller: Caller) -> tuple[int, int]:
    """Person and session of a caller who is staff."""
    assert caller.person_id is not None
    assert caller.session_id is not None
    return caller.person_id, caller.session_id


async def _hashing(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_HASHERS, work)


def _cookie(token: str, life_s: int, settings: Settings) -> Cookie:
    return Cookie(
        COOKIE,
        value=token,
        max_age=life_s,
        httponly=True,
        samesite="lax",
        secure=settings.origin.startswith("https:"),
    )


def _printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:BROWSER_MAX]


ROUTES = [
    post_sign_in,
    me,
    patch_me,
    sign_out,
    sign_out_everywhere,
    sessions,
    delete_session,
    post_password,
    post_password_by_link,
]
