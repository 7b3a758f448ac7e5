"""Finish a work item, and close the conversation that has no other."""

from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.work import WorkItem
from contactcenter.record.held import Held
from contactcenter.words import CloseReason


async def finish(
    tx: Tx, held: Held, reason: CloseReason, now: datetime, disposition: str | None = None
) -> WorkItem:
    """The item as it is when done, for the caller to save; the conversation closes here.

    What is said after this opens the conversation again within the reopen window, or a new one.
    """
    done = held.item.ended("done", now, disposition)
    tx.clear("item_idle", done.id)
    tx.clear("wrapup_end", done.id)
    tx.emit(
        facts.ItemDone(
            at=now, **done.about(held.bot), agent=done.agent_id, disposition=done.disposition
        )
    )
    await close(tx, held, reason, now)
    return done


async def close(tx: Tx, held: Held, reason: CloseReason, now: datetime) -> None:
    """Close a locked conversation."""
    await tx.do("conversations.close", [held.conversation.id], reason, now)
    tx.emit(
        facts.ConversationClosed(
            at=now,
            conversation=held.conversation.id,
            customer=held.conversation.party_id,
            reason=reason,
            agents=held.item.owners,
            bot=held.bot,
        )
    )
