"""A lead: somebody may buy something, which a salesperson finds out.

    new ──► open ──► won | lost

While it is new or open it has a work item that has not ended.
"""

from datetime import datetime
from typing import Self

import msgspec

from contactcenter.words import LeadState

ENDED: tuple[LeadState, ...] = ("won", "lost")


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `sales_lead`. `value` in minor units of `currency` (ISO 4217), both or neither."""

    id: int
    customer_id: int
    party_id: int
    state: LeadState
    source: str
    product: str
    region: str | None
    value: int | None
    currency: str | None
    note: str
    queue: str
    agent_id: int | None
    made_by_kind: str
    made_by: int | None
    arrived_at: datetime
    ended_at: datetime | None

    def taken(self, agent: int) -> Self:
        """An agent has it now."""
        return msgspec.structs.replace(self, state="open", agent_id=agent)

    def ended(self, state: LeadState, now: datetime) -> Self:
        """Won or lost."""
        assert state in ENDED
        assert self.state not in ENDED, f"{self.state} to {state}"
        return msgspec.structs.replace(self, state=state, ended_at=now)
