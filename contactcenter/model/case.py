"""A case: a matter that is followed from its opening to its end. Its states, and what leads where.

    new ──► open ◄──► pending_customer ◄──► pending_third_party ◄──► open
     │       │                │                      │
     └───────┴────────────────┴──────────────────────┴──► resolved ──► closed
                                                   reopened: back to open

Somebody of ours has to do something while it is new or open: exactly then it has a work item that
has not ended. A transition is a pure function of the case; whoever writes it guards it by the state
that was read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

import msgspec

from contactcenter.words import CaseState, Severity

TRANSITIONS: Mapping[CaseState, frozenset[CaseState]] = {
    "new": frozenset({"open", "pending_customer", "pending_third_party", "resolved"}),
    "open": frozenset({"pending_customer", "pending_third_party", "resolved"}),
    "pending_customer": frozenset({"open", "pending_third_party", "resolved"}),
    "pending_third_party": frozenset({"open", "pending_customer", "resolved"}),
    "resolved": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
}
NEEDS_WORK: tuple[CaseState, ...] = ("new", "open")
ENDED: tuple[CaseState, ...] = ("resolved", "closed")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `service_case`. `owner_id`: who took it last; `reopened`: how often it was."""

    id: int
    customer_id: int
    party_id: int
    category: str
    severity: Severity
    state: CaseState
    state_since: datetime
    queue: str
    owner_id: int | None
    subject: str
    description: str
    resolution_code: str | None
    resolution: str | None
    reopened: int
    opened_by_kind: str
    opened_by: int | None
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None

    @property
    def needs_work(self) -> bool:
        """Whether somebody of ours has to do something."""
        return self.state in NEEDS_WORK

    def may_become(self, state: CaseState) -> bool:
        """Whether the table has it."""
        return state in TRANSITIONS[self.state]

    def entered(self, state: CaseState, now: datetime) -> Self:
        """In another state, which the table allows; reopened where it had ended."""
        assert self.may_become(state), f"{self.state} to {state}"
        after = msgspec.structs.replace(self, state=state, state_since=now)
        if state == "closed":
            return msgspec.structs.replace(after, closed_at=now)
        if self.state in ENDED:
            return msgspec.structs.replace(
                after,
                resolution_code=None,
                resolution=None,
                resolved_at=None,
                closed_at=None,
                reopened=self.reopened + 1,
            )
        return after

    def resolved(self, code: str, words: str, now: datetime) -> Self:
        """Done, and how."""
        return msgspec.structs.replace(
            self.entered("resolved", now), resolution_code=code, resolution=words, resolved_at=now
        )

    def taken(self, agent: int, now: datetime) -> Self:
        """An agent has it now; who takes a new one opens it."""
        after = msgspec.structs.replace(self, owner_id=agent)
        return after.entered("open", now) if self.state == "new" else after

    def changes(self, after: Self) -> dict[str, tuple[object, object]]:
        """What is another in `after`: by field, the value before and after."""
        pairs = ((f, getattr(self, f), getattr(after, f)) for f in SHOWN)
        return {f.removesuffix("_id"): (was, is_) for f, was, is_ in pairs if was != is_}


SHOWN = (
    "category",
    "severity",
    "state",
    "queue",
    "owner_id",
    "subject",
    "description",
    "resolution_code",
    "resolution",
)
"""The fields whose changes are its timeline."""
