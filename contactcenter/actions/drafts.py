"""What somebody has begun to write to a customer, kept for them on whatever desktop they go on."""

from datetime import datetime
from typing import Annotated

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.words import DraftKind

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=16_384, pattern=r"^[^\x00]*$")]


class NewDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written so far, to the customer or as a note."""

    text: Text
    kind: DraftKind = "reply"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody has written so far in a conversation."""

    conversation: int
    kind: DraftKind
    text: str
    changed_at: datetime


async def save_draft(tx: Tx, person: int, conversation: int, new: NewDraft, now: datetime) -> Draft:
    """In the place of the one there was. `NotFound` where there is no such conversation."""
    args = person, conversation, new.kind, new.text, now
    draft = await tx.maybe(Draft, "drafts.save", *args)
    if draft is None:
        raise NotFound(f"There is no conversation {conversation}.")
    return draft


async def drop_draft(tx: Tx, person: int, conversation: int) -> None:
    """If there is one."""
    await tx.do("drafts.drop", person, conversation)
