"""What customers say puts their cases back to work: read from the log, behind what comes in."""

from datetime import datetime, timedelta

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor
from contactcenter.model.case import Case
from contactcenter.model.rulebook import Published
from contactcenter.record.cases import enter, hold_case
from contactcenter.record.timers import Rings, still_due

CUSTOMER = Actor("customer")
SILENCE = Actor("system")


class _Spoken(msgspec.Struct, frozen=True):
    facts: int
    conversations: list[int]
    times: list[datetime]


class _SpokenOf(msgspec.Struct, frozen=True):
    id: int
    at: datetime


async def customers_spoke(tx: Tx, facts_max: int, book: Published, now: datetime) -> int:
    """The next portion of the log; returns how many facts it had.

    A case that waits for the customer is open again once they have spoken in a conversation about
    it, and so is one that was resolved within the rulebook's window. The place in the log moves in
    the same transaction; another process that is at it is left alone.
    """
    spoken = await tx.one(_Spoken, "cases.spoken", facts_max)
    if book.rules.cases.reopen_on_words and spoken.conversations:
        args = spoken.conversations, spoken.times
        for said in await tx.many(_SpokenOf, "cases.spoken_of", *args):
            await _woken(tx, said, book, now)
    return spoken.facts


async def _woken(tx: Tx, said: _SpokenOf, book: Published, now: datetime) -> None:
    case, item = await hold_case(tx, said.id)
    if case.state_since >= said.at:
        return  # it was set so after these words
    if case.state == "pending_customer" or _recent(case, book, now):
        await enter(tx, case, item, case.entered("open", now), CUSTOMER, book, now)


def _recent(case: Case, book: Published, now: datetime) -> bool:
    window = timedelta(seconds=book.rules.cases.reopen_window_s)
    return case.state == "resolved" and now <= case.state_since + window


async def close_due(tx: Tx, rings: Rings, book: Published, now: datetime) -> None:
    """A timer's effect: what was resolved and not heard of again is closed."""
    held = [await hold_case(tx, case_id) for case_id in sorted(rings)]
    due = await still_due(tx, "case_close", rings)
    for case, item in held:
        if case.id in due and case.state == "resolved":
            await enter(tx, case, item, case.entered("closed", now), SILENCE, book, now)
