"""The clocks of a conversation or case, as people read them."""

from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Published
from contactcenter.model.target import Reading, read
from contactcenter.record.clocks import Kept, calendar, next_step
from contactcenter.words import ItemKind


class ClimbedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step whose time had come. `held`: its condition was true; `done`: what came of it.

    `step` counts from 0 in the order of their times; `begun_at`: since when the clock counted.
    """

    step: int
    begun_at: datetime
    due_at: datetime
    fired_at: datetime
    held: bool
    done: list[str]


class ClockShown(msgspec.Struct, frozen=True, kw_only=True):
    """A clock, its ladder, the steps that were climbed, and when the next one is."""

    clock: Reading
    ladder: str | None
    steps: list[ClimbedStep]
    next_step: datetime | None


class ClocksShown(msgspec.Struct, frozen=True):
    """All that run or ran for one thing. `at`: the moment as of which it is told."""

    at: datetime
    items: list[ClockShown]


class _Climbed(ClimbedStep, frozen=True, kw_only=True):
    clock: int

    @property
    def shown(self) -> ClimbedStep:
        fields = ClimbedStep.__struct_fields__
        return ClimbedStep(**{name: getattr(self, name) for name in fields})


async def read_clocks(
    tx: Tx, kind: ItemKind, subject: int, book: Published, now: datetime
) -> ClocksShown:
    """By the calendars that are in force."""
    rows = await tx.many(Kept, "clocks.of_subject", kind, subject)
    climbed = await tx.many(_Climbed, "clocks.climbed_of", [row.id for row in rows])
    shown: list[ClockShown] = []
    for row in rows:
        ahead = next_step(row, book.rules)
        shown.append(
            ClockShown(
                clock=read(row.clock, calendar(row, book.rules), now),
                ladder=row.ladder,
                steps=[c.shown for c in climbed if c.clock == row.id],
                next_step=ahead[0] if ahead else None,
            )
        )
    return ClocksShown(now, shown)
