"""By what a customer can be reached: the connections by which they have written to us."""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.record.route import Way


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """An identity's last words by a connection. `blocked`: by us; `disabled`: our end of it.

    `position` orders it among all that the customer has said.
    """

    identity: int
    connection: int
    connection_name: str
    channel: str
    last_at: datetime
    position: int
    blocked: bool
    disabled: bool


class KeyedReach(Reach, frozen=True, kw_only=True):
    """`key_id`: of a bot's own connection, whose webhook takes what is said."""

    key_id: int | None

    @property
    def way(self) -> Way:
        """How something leaves by it."""
        return Way(self.connection, self.identity, self.channel, self.key_id)


async def read_reach(tx: Tx, root: int) -> list[KeyedReach]:
    """All of a customer's and of those who were merged into them, the latest used first."""
    return await tx.many(KeyedReach, "records.reach", root)
