"""Files: brought by agents and visitors, and got by whoever may see where they were sent."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from contactcenter.actions.upload import PIECE_BYTES, upload
from contactcenter.api.access import STAFF, Caller, Limit, who
from contactcenter.api.paging import Id
from contactcenter.api.problems import refuses
from contactcenter.api.visitor_words import of_page
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound, TooLarge
from contactcenter.live.past import read_identities
from contactcenter.model.file import INLINE, File
from contactcenter.settings import Settings

MIB = 1_048_576

AnyRequest = Request[Any, Any, Any]
Name = Annotated[str, QueryParameter(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]

_UPLOADS = Limit("uploads", per_minute=30, burst=20)
_TAKES = {"takes_bytes": True}
_GIVES = {"gives_bytes": True}
_READS = Limit("visitor-files", per_minute=600, burst=100)
_REFUSED = ("409 too-many-files", "422 file-type")


@post(
    "/v1/files",
    opt=who(*STAFF, limit=_UPLOADS) | refuses(*_REFUSED) | _TAKES,
    request_max_body_size=None,
    tags=["files"],
    operation_id="UploadFile",
)
async def upload_file(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
    name: Name = "file",
) -> File:
    """Bring a file, to send it with a reply or a note: its bytes as they are.

    What it is is told by its content; its name is cleaned, and gets an ending that is true. It
    waits for a day.
    """
    content = await _content(request, settings.file_mib_max)
    person = caller.person_id
    return await database.run(lambda tx: upload(tx, name, content, now, person=person))


@post(
    "/v1/visitor/files",
    opt=who("customer", limit=_UPLOADS) | refuses("403 origin", *_REFUSED) | _TAKES,
    request_max_body_size=None,
    tags=["visitor"],
    operation_id="UploadVisitorFile",
)
async def upload_visitor_file(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    settings: NamedDependency[Settings],
    now: NamedDependency[datetime],
    name: Name = "file",
) -> File:
    """Bring a file, to send it with a message: its bytes as they are. It waits for a day."""
    visitor = of_page(request, caller)
    content = await _content(request, settings.visitor_file_mib_max)
    return await database.run(lambda tx: upload(tx, name, content, now, session=visitor.id))


@get(
    "/v1/files/{file:int}",
    opt=who(*STAFF, "bot", scope="conversations:read") | _GIVES,
    tags=["files"],
    operation_id="GetFile",
)
async def get_file(
    caller: NamedDependency[Caller], database: NamedDependency[Database], file: Id
) -> Stream:
    """The file itself, once it was sent; before, only for whoever brought it.

    An API key gets those of the conversations in which it takes part, but for notes.
    """

    async def seen(tx: Tx) -> File | None:
        if caller.kind == "bot":
            return await tx.maybe(File, "files.seen_by_bot", file, caller.key_id)
        return await tx.maybe(File, "files.seen_by_staff", file, caller.person_id)

    return await _given(database, file, seen)


@get(
    "/v1/visitor/files/{file:int}",
    opt=who("customer", limit=_READS) | refuses("403 origin") | _GIVES,
    tags=["visitor"],
    operation_id="GetVisitorFile",
)
async def get_visitor_file(
    request: AnyRequest,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    file: Id,
) -> Stream:
    """The file itself, where it was sent by this visitor or to them."""
    visitor = of_page(request, caller)

    async def seen(tx: Tx) -> File | None:
        identities = list(await read_identities(tx, visitor))
        return await tx.maybe(File, "files.seen_by_visitor", file, visitor.id, identities)

    return await _given(database, file, seen)


async def _content(request: AnyRequest, mib_max: int) -> bytes:
    """The body, as far as it is taken. Raises `TooLarge`."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > mib_max * MIB:
            raise TooLarge(f"A file has at most {mib_max} MiB.")
    return bytes(content)


async def _given(
    database: Database, file: int, seen: Callable[[Tx], Awaitable[File | None]]
) -> Stream:
    async with database.snapshot() as tx:
        found = await seen(tx)
    if found is None:
        raise NotFound(f"There is no file {file}.")
    return Stream(
        _pieces(database, found),
        media_type="text/plain; charset=utf-8" if _is_text(found) else found.media_type,
        headers={
            "Content-Disposition": disposition(found),
            "Content-Length": str(found.size),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=31536000, immutable",
        },
    )


def disposition(file: File) -> str:
    """To be saved under its name (RFC 6266); only pictures may be shown where they stand."""
    kind = "inline" if file.media_type in INLINE else "attachment"
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in file.name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"


def _is_text(file: File) -> bool:
    return file.media_type == "text/plain"


async def _pieces(database: Database, file: File) -> AsyncGenerator[bytes]:
    """Each is read by itself: whoever takes slowly keeps no connection to the database."""
    for place in range(-(-file.size // PIECE_BYTES)):
        async with database.snapshot() as tx:
            piece = await tx.one(bytes, "files.piece", file.id, place)
        yield piece


ROUTES = [upload_file, upload_visitor_file, get_file, get_visitor_file]
