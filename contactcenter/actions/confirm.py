"""The customer's side confirms what it has: delivered to the device, or read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.conversation import Conversation
from contactcenter.model.work import WorkItem

Receipt = Literal["delivered", "read"]


class Confirmation(msgspec.Struct, frozen=True):
    """All that was sent to these identities in a conversation, up to a number."""

    conversation: int
    identities: tuple[int, ...]
    up_to: int
    receipt: Receipt


async def confirm(tx: Tx, batch: Sequence[Confirmation], now: datetime) -> list[bool]:
    """Raise delivery states, never lower them; for each item whether anything changed by it.

    Says so once for each conversation and identity, and nothing where nothing changed.
    """
    best: dict[tuple[int, int, Receipt], int] = {}
    for c in batch:
        for identity in c.identities:
            key = c.conversation, identity, c.receipt
            best[key] = max(c.up_to, best.get(key, 0))
    changed: dict[tuple[int, int, Receipt], int] = {}
    conversations = await tx.many(
        Conversation, "conversations.lock", sorted({c.conversation for c in batch})
    )
    receipts: tuple[Receipt, ...] = ("read", "delivered")
    for receipt in receipts:
        changed |= await _raise(tx, receipt, {k: n for k, n in best.items() if k[2] == receipt})
    if changed:
        await _tell(tx, changed, {c.id: c for c in conversations}, now)
    return [any((c.conversation, i, c.receipt) in changed for i in c.identities) for c in batch]


class _Raised(msgspec.Struct, frozen=True):
    conversation_id: int
    identity_id: int
    number: int
    delivery: Receipt


async def _raise(
    tx: Tx, receipt: Receipt, wanted: dict[tuple[int, int, Receipt], int]
) -> dict[tuple[int, int, Receipt], int]:
    """The highest number that was raised for each."""
    rows = await tx.many(
        _Raised,
        "visitors.confirm",
        [conversation for conversation, _, _ in wanted],
        [identity for _, identity, _ in wanted],
        list(wanted.values()),
        [receipt] * len(wanted),
    )
    raised: dict[tuple[int, int, Receipt], int] = {}
    for row in rows:
        key = row.conversation_id, row.identity_id, row.delivery
        raised[key] = max(row.number, raised.get(key, 0))
    return raised


async def _tell(
    tx: Tx,
    changed: dict[tuple[int, int, Receipt], int],
    conversations: dict[int, Conversation],
    now: datetime,
) -> None:
    live = await tx.many(WorkItem, "items.read_live", sorted({k[0] for k in changed}))
    owners = {i.conversation_id: i.owners for i in live}
    for (conversation, identity, receipt), number in sorted(changed.items()):
        tx.emit(
            facts.DeliveryChanged(
                at=now,
                conversation=conversation,
                identity_id=identity,
                up_to=number,
                delivery=receipt,
                agents=owners.get(conversation, []),
                bot=conversations[conversation].bot_id,
            )
        )
