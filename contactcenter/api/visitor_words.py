"""What a visitor says, by request or by socket, as the record takes it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from contactcenter.actions.receive import Inbound
from contactcenter.errors import Forbidden
from contactcenter.live.visitor_frames import AppContext, Key, Send, Text
from contactcenter.model.caller import VisitorSession


class NewMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same `client_msg_id` again is the same message, and gives the same answer."""

    client_msg_id: Key
    text: Text
    context: AppContext | None = None


def inbound(
    visitor: VisitorSession, words: NewMessage | Send, now: datetime, request_id: str | None
) -> Inbound:
    """The message as it is received: its key is the session's own."""
    parts: list[Any] = []
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


def check_listed(origin: str | None, origins: Sequence[str]) -> None:
    """Raise `Forbidden` where a page asks whose origin the connection does not list."""
    if origin is not None and origin not in origins:
        detail = f"Pages of {origin} may not use this connection."
        raise Forbidden(detail, code="origin")
