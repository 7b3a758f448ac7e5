"""The audit trail: who changed what, and how it was before and after."""

from datetime import datetime
from typing import Any

from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor


async def audit(
    tx: Tx,
    by: Actor,
    action: str,
    subject_kind: str,
    subject_id: int | None,
    now: datetime,
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    """Write one entry, in the transaction of what it tells of.

    `action` is `<subject>.<verb>`, as in `person.disable`. `before` and `after` are JSON values of
    only what changed, and hold no secret: not even as a hash.
    """
    detail = {k: v for k, v in (("before", before), ("after", after)) if v is not None}
    await tx.do(
        "audit.insert",
        now,
        by.kind,
        by.id,
        action,
        subject_kind,
        subject_id,
        detail,
        by.request_id,
    )
