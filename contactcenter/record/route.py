"""The way back to the customer: by which connection an answer leaves, and to which identity."""

from collections.abc import Sequence

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


class _Found(Way, frozen=True):
    place: int


async def destination(tx: Tx, conversation: Conversation, connection_id: int | None) -> Way:
    """As `destinations`, of one; raises what is returned there."""
    [way] = await destinations(tx, [(conversation, connection_id)])
    if isinstance(way, Conflict):
        raise way
    return way


async def destinations(
    tx: Tx, wanted: Sequence[tuple[Conversation, int | None]]
) -> list[Way | Conflict]:
    """By the connection of the customer's last words, or by another that they have used before.

    Their words in any conversation count, also from before a merge. `Conflict` (`unreachable`) for
    a connection by which the customer has never written.
    """
    found = await tx.many(
        _Found, "conversations.ways", [c.id for c, _ in wanted], [by for _, by in wanted]
    )
    ways = {way.place: way for way in found}
    return [ways.get(place) or _unreachable() for place in range(1, len(wanted) + 1)]


def _unreachable() -> Conflict:
    detail = "The customer cannot be reached by this channel: they have never written by it."
    return Conflict(detail, code="unreachable")
