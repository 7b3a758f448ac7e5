from datetime import UTC, datetime, timedelta
from importlib import resources

import msgspec
import pytest

from contactcenter import facts
from contactcenter.live.board import DECISIONS_MAX, Board, read
from contactcenter.live.shown import Tally
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.scenarios import SCENARIOS
from tests.contactcenter.scene import Scene

ZONE = "Asia/Jakarta"


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


WITHOUT_WORK = {
    "__init__",
    "canned_replies",
    "connections",
    "dismiss_merge",
    "drafts",
    "edit_customer",
    "fill_search",
    "forget",
    "keys",
    "orders",
    "passwords",
    "retry_timer",
    "scripts",
    "sign_in",
    "upload",
    "visit",
    "webhook_settings",
    "webhooks",
}
"""Actions that neither change work nor agents; a visitor's sign-in merges as `merge` does."""


async def read_now(floor: Floor) -> Board:
    async with floor.desk.database.snapshot() as tx:
        return await read(tx, ZONE)


async def facts_after(floor: Floor, seq: int) -> list[tuple[int, facts.Fact]]:
    rows = await floor.desk.rows(
        "SELECT seq, fact::text AS fact FROM log WHERE seq > $1 ORDER BY seq", seq
    )
    return [(r["seq"], msgspec.json.decode(str(r["fact"]), type=facts.Fact)) for r in rows]


@pytest.mark.parametrize("name", SCENARIOS)
async def test_board_before_with_the_facts_is_the_board_after(floor: Floor, name: str) -> None:
    empty = await read_now(floor)
    scene = Scene(floor)
    await scene.set()
    before = await read_now(floor)
    await SCENARIOS[name](scene)
    after = await read_now(floor)
    for board in (before, empty):
        for seq, fact in await facts_after(floor, board.seq):
            board.fold(seq, fact)
        assert after == board


def test_every_action_is_among_them() -> None:
    modules = {
        file.name.removesuffix(".py")
        for file in resources.files("contactcenter.actions").iterdir()
        if file.name != "__pycache__"
    }
    assert modules - WITHOUT_WORK == {name.partition("__")[0] for name in SCENARIOS}


ABOUT = {"conversation": 1, "customer": 1, "queue": "care", "channel": "web"}


def assigned(item: int, when: datetime, *, within: bool | None = True) -> facts.ItemAssigned:
    return facts.ItemAssigned(
        at=when,
        item=item,
        **ABOUT,
        agent=1,
        weight=1,
        epoch=2,
        enqueued_at=when,
        answered_within=within,
    )


def test_fact_that_the_board_holds_already_changes_nothing() -> None:
    board = Board(ZONE, seq=9)
    assert not board.fold(9, assigned(1, NOW))
    assert board == Board(ZONE, seq=9)


def test_fact_that_boards_do_not_show_moves_only_the_number() -> None:
    board = Board(ZONE, seq=9)
    assert not board.fold(10, facts.KeyRevoked(at=NOW, key=1))
    assert board == Board(ZONE, seq=10)


def test_day_is_the_organisations() -> None:
    board = Board(ZONE)
    evening = datetime(2026, 3, 1, 16, 59, tzinfo=UTC)
    board.fold(1, assigned(1, evening))
    board.fold(2, assigned(2, evening, within=False))
    assert board.tallies == {"care": Tally(answered=2, answered_within=1)}
    board.fold(3, assigned(3, evening + timedelta(minutes=1)))
    assert (str(board.day), board.tallies) == ("2026-03-02", {"care": Tally(1, 1)})


def test_clock_that_lags_brings_no_day_back() -> None:
    board = Board(ZONE)
    board.fold(1, assigned(1, NOW))
    board.fold(2, assigned(2, NOW - timedelta(days=1)))
    assert board.tallies == {"care": Tally(1, 1)}
    assert set(board.owned) == {1, 2}


def test_presence_of_somebody_unknown_is_passed_over() -> None:
    board = Board(ZONE)
    board.fold(
        1,
        facts.PresenceChanged(at=NOW, agent=3, presence="available", since=NOW, idle_since=NOW),
    )
    assert board.agents == {}


def test_last_decisions_are_kept_newest_first_with_what_became_of_them() -> None:
    board = Board(ZONE)
    for number in range(1, DECISIONS_MAX + 3):
        board.fold(
            number,
            facts.OfferMade(
                at=NOW,
                item=number,
                **ABOUT,
                offer=number,
                agent=1,
                expires_at=NOW,
                sentence="because",
                weight=1,
            ),
        )
    for number, offer in enumerate((1, 5), start=100):
        board.fold(
            number,
            facts.OfferEnded(at=NOW, item=offer, **ABOUT, offer=offer, agent=1, state="declined"),
        )
    shown = [(d.offer, d.outcome) for d in board.decisions]
    assert len(shown) == DECISIONS_MAX
    assert shown[0] == (DECISIONS_MAX + 2, "pending")
    assert shown[-3:] == [(5, "declined"), (4, "pending"), (3, "pending")]
