"""Finish work items, and close the conversations that have no other."""

from collections.abc import Sequence
from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.work import WorkItem
from contactcenter.record.held import Held
from contactcenter.words import CloseReason


async def finish(
    tx: Tx, held: Held, reason: CloseReason, now: datetime, disposition: str | None = None
) -> WorkItem:
    """As `finish_many`, of one."""
    [done] = await finish_many(tx, [(held, disposition)], reason, now)
    return done


async def finish_many(
    tx: Tx, ending: Sequence[tuple[Held, str | None]], reason: CloseReason, now: datetime
) -> list[WorkItem]:
    """The items as they are when done, for the caller to save; their conversations close here.

    What is said after this opens a conversation again within the reopen window, or a new one. An
    item without a disposition keeps the one it has.
    """
    finished: list[WorkItem] = []
    for held, disposition in ending:
        done = held.item.ended("done", now, disposition)
        tx.clear("item_idle", done.id)
        tx.clear("wrapup_end", done.id)
        tx.emit(
            facts.ItemDone(
                at=now, **done.about(held.bot), agent=done.agent_id, disposition=done.disposition
            )
        )
        finished.append(done)
    await _close(tx, [held for held, _ in ending], reason, now)
    return finished


async def close(tx: Tx, held: Held, reason: CloseReason, now: datetime) -> None:
    """Close a locked conversation."""
    await _close(tx, [held], reason, now)


async def _close(tx: Tx, ending: Sequence[Held], reason: CloseReason, now: datetime) -> None:
    if not ending:
        return
    await tx.do("conversations.close", [h.conversation.id for h in ending], reason, now)
    for held in ending:
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
