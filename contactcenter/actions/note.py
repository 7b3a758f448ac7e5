"""Somebody of the house leaves a note for colleagues."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.record.append import Draft, append_one
from contactcenter.record.files import check_says_something, file_parts
from contactcenter.record.held import hold_conversation

_LOGIN = re.compile(r"(?<![\w.+-])@([a-z0-9][a-z0-9._@+-]*)")
_EXCERPT_LENGTH = 280


class _Mentioned(msgspec.Struct, frozen=True):
    id: int
    by_name: str


class Noted(msgspec.Struct, frozen=True):
    """Where the note stands, as a reply's result says it."""

    interaction: int
    conversation: int
    number: int
    unseen: list[facts.Said] = []


async def note(
    tx: Tx,
    author: int,
    conversation_id: int,
    text: str,
    now: datetime,
    *,
    request_id: str | None = None,
    files: Sequence[int] = (),
) -> Noted:
    """It never leaves the house, and answers nobody.

    Raises `BadInput` for one that says nothing (`empty-message`), and for files (`no-file`) that
    are not the author's.
    """
    check_says_something(text, files)
    conversation, item = await hold_conversation(tx, conversation_id)
    draft = Draft(
        kind="note",
        direction="internal",
        channel="desktop",
        author_kind="agent",
        author_id=author,
        text=text,
        parts=await file_parts(tx, files, now, person=author),
        occurred_at=now,
        request_id=request_id,
    )
    said = await append_one(tx, conversation, item, draft, now)
    await _mention(tx, author, conversation.id, said, now)
    return Noted(said.id, conversation.id, said.number)


async def _mention(tx: Tx, author: int, conversation: int, said: facts.Said, now: datetime) -> None:
    """Tell the agents who are named; a full stop behind a login ends the sentence."""
    named = {login.rstrip(".+-@_") for login in _LOGIN.findall(said.text)}
    if not named:
        return
    for mentioned in await tx.many(_Mentioned, "mentions.named", sorted(named), author):
        tx.emit(
            facts.AgentMentioned(
                at=now,
                conversation=conversation,
                number=said.number,
                agent=mentioned.id,
                by=author,
                by_name=mentioned.by_name,
                excerpt=said.text[:_EXCERPT_LENGTH],
            )
        )
