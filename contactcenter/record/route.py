"""The way back to the customer: by which connection an answer leaves, and to which identity."""

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.conversation import Conversation
from contactcenter.words import Delivery


class Way(msgspec.Struct, frozen=True):
    """`key_id`: of a bot's own connection, whose answers leave by that key's webhook."""

    connection_id: int
    identity_id: int
    channel: str
    key_id: int | None

    @property
    def delivery(self) -> Delivery:
        """What is stored for a session is there to be fetched; what leaves by webhook waits."""
        return "queued" if self.key_id else "sent"


async def destination(tx: Tx, conversation: Conversation, connection_id: int | None) -> Way:
    """By the connection of the customer's last words, or by another that they have used before.

    Their words in any conversation count, also from before a merge. Raises `Conflict`
    (`unreachable`) when the customer has never written by it.
    """
    way = await tx.maybe(Way, "conversations.way", conversation.id, connection_id)
    if way is None:
        detail = "The customer cannot be reached by this channel: they have never written by it."
        raise Conflict(detail, code="unreachable")
    return way
