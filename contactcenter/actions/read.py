"""The owner of the work has read a conversation up to a number."""

from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.record.held import hold_conversation


async def read(tx: Tx, agent: int, conversation_id: int, number: int, now: datetime) -> None:
    """Move the read mark forward; never back, and never past what has been said."""
    conversation, item = await hold_conversation(tx, conversation_id)
    if item is None or agent not in item.owners:
        detail = "Only whoever has the work of a conversation marks it as read."
        raise Conflict(detail, code="not-yours")
    upto = min(number, conversation.last_number)
    if await tx.maybe(int, "conversations.set_read", conversation_id, upto) is not None:
        tx.emit(
            facts.ConversationRead(
                at=now, conversation=conversation_id, number=upto, agents=item.owners
            )
        )
