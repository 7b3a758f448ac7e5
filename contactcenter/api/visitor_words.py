"""What a visitor says, by request or by socket, as the record takes it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request

from contactcenter.actions.receive import Inbound
from contactcenter.db.database import Database
from contactcenter.errors import Forbidden
from contactcenter.live.visitor_frames import AppContext, Files, Key, Send, Text
from contactcenter.model.caller import Caller, VisitorSession
from contactcenter.record.files import check_says_something, file_parts


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same `client_msg_id` again is the same message, and gives the same answer.

    `files`: those that were brought before. With a file the text may be left out.
    """

    client_msg_id: Key
    text: Text = ""
    context: AppContext | None = None
    files: Files = []


async def files_of(
    database: Database, visitor: VisitorSession, words: NewMessage | Send, now: datetime
) -> list[Any]:
    """The files of a message as its parts; most have none, and ask nothing of the database."""
    if not words.files:
        return []
    async with database.snapshot() as tx:
        return await file_parts(tx, words.files, now, session=visitor.id)


def inbound(
    visitor: VisitorSession,
    words: NewMessage | Send,
    now: datetime,
    request_id: str | None,
    files: Sequence[Any] = (),
) -> Inbound:
    """The message as it is received: its key is the session's own.

    `BadInput` (`empty-message`) where it says nothing.
    """
    check_says_something(words.text, words.files)
    parts = [*files]
    if words.context is not None:
        parts.append({"kind": "context", **msgspec.to_builtins(words.context)})
    return Inbound(
        connection_id=visitor.connection_id,
        connection=visitor.connection,
        channel=visitor.channel,
        key=f"{visitor.id}:{words.client_msg_id}",
        digest=hashlib.sha256(msgspec.json.encode((words.text, parts))).digest(),
        identity=visitor.identities[0],
        text=words.text,
        parts=parts,
        occurred_at=now,
        request_id=request_id,
    )


def changed_context(known: dict[str, Any], context: AppContext | None) -> dict[str, str] | None:
    """What is to be kept of the app's context, if it is another than before."""
    if context is None:
        return None
    told: dict[str, str] = msgspec.to_builtins(context)
    return told if told != known else None


def of_page(request: Request[Any, Any, Any], caller: Caller) -> VisitorSession:
    """The caller's session, if the page that sent this may use it."""
    assert caller.visitor
    check_listed(request.headers.get("origin"), caller.visitor.origins)
    return caller.visitor


def check_listed(origin: str | None, origins: Sequence[str]) -> None:
    """Raise `Forbidden` where a page asks whose origin the connection does not list."""
    if origin is not None and origin not in origins:
        detail = f"Pages of {origin} may not use this connection."
        raise Forbidden(detail, code="origin")
