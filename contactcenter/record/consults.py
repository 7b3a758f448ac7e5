"""Consults end with the work that they are about, and when the colleague is gone."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.work import WorkItem
from contactcenter.words import ConsultOutcome, ConsultState


class Consult(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `consult`, and where its work is."""

    id: int
    item_id: int
    conversation_id: int
    asked_by: int
    agent_id: int
    state: ConsultState

    def ended(self, outcome: ConsultOutcome, now: datetime) -> facts.ConsultEnded:
        """That it is over, and why."""
        return facts.ConsultEnded(
            at=now,
            consult=self.id,
            item=self.item_id,
            conversation=self.conversation_id,
            by=self.asked_by,
            agent=self.agent_id,
            outcome=outcome,
        )


async def end_with_work(
    tx: Tx, changes: Sequence[tuple[WorkItem, WorkItem]], now: datetime
) -> None:
    """End those about locked items that are not any more the work of whoever asked."""
    left = {
        before.id: after
        for before, after in changes
        if before.state == "active" and (after.state, after.agent_id) != ("active", before.agent_id)
    }
    if left:
        found = await tx.many(Consult, "consults.lock_of_items", sorted(left))
        await _end(tx, [(one, _outcome(one, left[one.item_id])) for one in found], now)


async def end_as_gone(tx: Tx, agents: Iterable[int], now: datetime) -> None:
    """End those that these locked agents are asked into: they are not here any more."""
    found = await tx.many(Consult, "consults.lock_of_agents", sorted(agents))
    await _end(tx, [(one, "gone") for one in found], now)


async def end_as_moved(tx: Tx, item: int, now: datetime) -> None:
    """End those about a locked item that belongs to another conversation from now on."""
    found = await tx.many(Consult, "consults.lock_of_items", [item])
    await _end(tx, [(one, "passed_on") for one in found], now)


def _outcome(consult: Consult, after: WorkItem) -> ConsultOutcome:
    if after.state not in ("active", "queued"):
        return "resolved"
    return "taken_over" if after.agent_id == consult.agent_id else "passed_on"


async def _end(tx: Tx, ending: Sequence[tuple[Consult, ConsultOutcome]], now: datetime) -> None:
    if not ending:
        return
    await tx.do(
        "consults.end_locked",
        [one.id for one, _ in ending],
        [outcome for _, outcome in ending],
        now,
    )
    for one, outcome in ending:
        tx.emit(one.ended(outcome, now))
