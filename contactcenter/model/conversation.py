"""A conversation: what was said and done with one party, in one order without gaps."""

from datetime import datetime

import msgspec

from contactcenter.words import AuthorKind, CloseReason


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `conversation`.

    `answered_*`: the last word of ours to the customer, and whose it was: the reply fence.
    `connection_id`, `identity_id`: by which the customer spoke last, and so the way back.
    """

    id: int
    customer_id: int
    party_id: int
    state: str
    close_reason: CloseReason | None
    last_number: int
    read_number: int
    answered_number: int
    answered_kind: AuthorKind | None
    answered_id: int | None
    last_agent_id: int | None
    bot_id: int | None
    connection_id: int | None
    identity_id: int | None
    tags: list[str]
    opened_at: datetime
    closed_at: datetime | None

    def somebody_else_answered(self, since: int, kind: AuthorKind, author: int) -> bool:
        """Whether another than this author has answered the customer after number `since`."""
        return self.answered_number > since and (self.answered_kind, self.answered_id) != (
            kind,
            author,
        )
