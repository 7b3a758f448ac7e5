"""The board's numbers for each queue.

Service level is the share of waits that were answered within the queue's target, of all waits of
the day that ended answered or abandoned.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from contactcenter.live.board import Board
from contactcenter.live.shown import Tally


class QueueShown(msgspec.Struct, frozen=True):
    """One queue, at a glance. Times in seconds; `service_level` None while nothing has ended.

    `cases`: those that are not resolved, also those that wait for the customer or a third party.
    """

    queue: str
    waiting: int
    offered: int
    with_bot: int
    active: int
    longest_wait_s: float
    answered: int
    abandoned: int
    service_level: float | None
    cases: int = 0
    critical_cases: int = 0


def summarise(
    board: Board,
    queues: Iterable[str],
    now: datetime,
    begins: Callable[[str, datetime], datetime] = lambda _queue, enqueued_at: enqueued_at,
) -> list[QueueShown]:
    """The board's numbers per queue, of the day that `now` is on.

    `begins`: from when a wait counts, by its queue and when it was queued.
    """
    today = now.astimezone(ZoneInfo(board.zone)).date() == board.day
    shown: list[QueueShown] = []
    for queue in queues:
        waiting = [w for w in board.waiting.values() if w.queue == queue]
        tally = board.tallies.get(queue, Tally()) if today else Tally()
        ended = tally.answered + tally.abandoned
        shown.append(
            QueueShown(
                queue=queue,
                waiting=len(waiting),
                offered=sum(w.offered_to is not None for w in waiting),
                with_bot=sum(b.queue == queue for b in board.bots.values()),
                active=sum(o.queue == queue for o in board.owned.values()),
                cases=sum(c.queue == queue for c in board.cases.values()),
                critical_cases=sum(
                    c.queue == queue and c.severity == "critical" for c in board.cases.values()
                ),
                longest_wait_s=max(
                    [0.0, *((now - begins(queue, w.enqueued_at)).total_seconds() for w in waiting)]
                ),
                answered=tally.answered,
                abandoned=tally.abandoned,
                service_level=tally.answered_within / ended if ended else None,
            )
        )
    return shown
