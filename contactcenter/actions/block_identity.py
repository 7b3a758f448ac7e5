"""Staff refuse what comes from an identity, or take that back."""

from datetime import datetime

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import NotFound
from contactcenter.model.caller import Actor
from contactcenter.record.audit import audit
from contactcenter.record.owners import owners
from contactcenter.record.profile import KnownBy
from contactcenter.record.root import lock_root


async def block_identity(
    tx: Tx, customer: int, identity: int, by: Actor, now: datetime
) -> datetime:
    """Refuse what comes from this identity from now on; returns since when it is refused."""
    known = await _lock(tx, customer, identity)
    if known.blocked_at:
        return known.blocked_at
    await _set(tx, known, now, "identity.block", by, now)
    return now


async def unblock_identity(tx: Tx, customer: int, identity: int, by: Actor, now: datetime) -> None:
    """Take again what comes from this identity."""
    known = await _lock(tx, customer, identity)
    if known.blocked_at:
        await _set(tx, known, None, "identity.unblock", by, now)


async def _lock(tx: Tx, customer: int, identity: int) -> KnownBy:
    """Lock the customer first, so that no merge takes the identity elsewhere meanwhile."""
    root = await lock_root(tx, customer)
    known = await tx.maybe(KnownBy, "records.lock_identity", identity, root.id)
    if known is None:
        detail = f"Customer {root.id} has no identity {identity}."
        raise NotFound(detail)
    return known


async def _set(
    tx: Tx, known: KnownBy, blocked_at: datetime | None, action: str, by: Actor, now: datetime
) -> None:
    await tx.do("records.set_blocked", known.id, blocked_at)
    await audit(tx, by, action, "identity", known.id, now)
    root = await lock_root(tx, known.customer_id)
    told = await owners(tx, [root.id])
    tx.emit(facts.CustomerChanged(at=now, customer=root.id, changed=["identities"], agents=told))
