"""An agent says for how long their replies can be taken back."""

from datetime import datetime
from typing import Annotated

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict

UNDO_S_MAX = 60

UndoSeconds = Annotated[int, msgspec.Meta(ge=0, le=UNDO_S_MAX)]
"""How long a reply is held before it leaves; 0: not at all."""


async def set_undo(tx: Tx, agent: int, undo_s: int, now: datetime) -> None:
    """On all their desktops, from the next reply on. `Conflict` for whoever takes no work."""
    if await tx.maybe(int, "agents.set_undo", agent, undo_s) is None:
        detail = "Whoever takes no work sends no replies: there is nothing to take back."
        raise Conflict(detail, code="no-agent")
    tx.emit(facts.UndoChanged(at=now, agent=agent, undo_s=undo_s))
