from datetime import datetime, timedelta

import msgspec

from contactcenter.live.board import Board
from contactcenter.live.queues import summarise
from contactcenter.live.shown import AgentShown, OpenCase, Owned, Tally, Waiting, WithBot
from tests.contactcenter.floor import NOW

ZONE = "Asia/Jakarta"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_numbers_of_a_queue() -> None:
    board = Board(ZONE, bots={1: WithBot("care", "web")}, day=at(0).date())
    board.waiting = {2: Waiting("care", "web", 2, at(-30))}
    board.waiting[3] = Waiting("care", "web", 3, at(-90), 7)
    board.waiting[4] = Waiting("billing", "web", 4, at(-5))
    board.owned = {5: Owned(1, "care", "web", 5, 1, "active")}
    board.agents = {1: AgentShown("Ana", "available", None, NOW, 3)}
    board.tallies = {"care": Tally(answered=6, answered_within=5, abandoned=2)}
    board.cases = {
        1: OpenCase("care", "low", "new"),
        2: OpenCase("care", "critical", "pending_customer"),
    }
    care, billing = summarise(board, ["care", "billing"], NOW)
    assert msgspec.structs.astuple(care) == ("care", 2, 1, 1, 1, 90.0, 6, 2, 0.625, 2, 1)
    assert msgspec.structs.astuple(billing) == ("billing", 1, 0, 0, 0, 5.0, 0, 0, None, 0, 0)


def test_the_longest_wait_counts_from_the_opening() -> None:
    board = Board(ZONE, waiting={2: Waiting("care", "web", 2, at(-3600))})

    def longest(opened_at: datetime) -> float:
        [care] = summarise(board, ["care"], NOW, lambda _, since: max(since, opened_at))
        return care.longest_wait_s

    assert (longest(at(-600)), longest(at(600))) == (600.0, 0.0)


def test_numbers_of_yesterday_are_not_todays() -> None:
    board = Board(ZONE, day=NOW.date(), tallies={"care": Tally(answered=1, answered_within=1)})
    [today] = summarise(board, ["care"], NOW)
    [tomorrow] = summarise(board, ["care"], NOW + timedelta(days=1))
    assert (today.service_level, tomorrow.service_level) == (1.0, None)
