"""The clocks in the database are what the facts of the log make of them, whatever happens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.model.escalation import METRICS, Target
from contactcenter.model.happening import happenings
from contactcenter.model.rulebook import Published
from contactcenter.model.target import Clock, Interval, due
from contactcenter.record.clocks import follow
from contactcenter.words import ItemKind
from tests.contactcenter.floor import NOW, Floor
from tests.contactcenter.scenarios import SCENARIOS
from tests.contactcenter.scene import Scene

TARGET_S = 3600
TARGETS = [
    Target(of=kind, metric=metric, target_s=TARGET_S)
    for kind, metrics in METRICS.items()
    for metric in metrics
]


def watched(floor: Floor) -> None:
    """Every clock runs for everything."""
    rules = msgspec.structs.replace(floor.book.rules, targets=TARGETS)
    floor.book = Published(floor.book.version, rules)
    floor.desk.book = floor.book


def folded(happened: Iterable[facts.Fact]) -> dict[tuple[str, int, str], Clock]:
    """The pure clocks after these facts, without those that never began."""
    clocks: dict[tuple[str, int, str], Clock] = {}
    linked: dict[int, set[int]] = {}
    for fact in happened:
        if isinstance(fact, facts.CaseOpened) and fact.conversation:
            linked.setdefault(fact.conversation, set()).add(fact.case)
        if isinstance(fact, facts.CaseLinked):
            cases = linked.setdefault(fact.conversation, set())
            (cases.add if fact.linked else cases.discard)(fact.case)
        for h in happenings(fact):
            told: list[tuple[ItemKind, int]] = [(h.kind, h.subject)]
            told.extend(("case", case) for case in linked.get(h.subject, ()) if h.linked)
            for kind, subject in told:
                for metric in METRICS[kind]:
                    if h.concerns(metric):
                        key = kind, subject, metric
                        before = clocks.get(key) or Clock(
                            metric=metric, target_s=TARGET_S, rulebook_version=1
                        )
                        clocks[key] = before.after(h.event, h.at)
    return {key: clock for key, clock in clocks.items() if clock.state != "idle"}


async def kept(floor: Any) -> dict[tuple[str, int, str], tuple[Any, ...]]:
    rows = await floor.desk.rows("SELECT * FROM clock")
    return {
        (r["kind"], r["subject"], r["metric"]): (
            r["state"],
            msgspec.convert(msgspec.json.decode(r["ran"]), tuple[Interval, ...]),
            r["since"],
            r["due_at"],
        )
        for r in rows
    }


def expected(clocks: dict[tuple[str, int, str], Clock]) -> dict[Any, tuple[Any, ...]]:
    return {key: (c.state, c.ran, c.since, due(c, None)) for key, c in clocks.items()}


async def logged(floor: Any) -> list[facts.Fact]:
    rows = await floor.desk.rows("SELECT fact FROM log ORDER BY seq")
    read = [facts.decode(str(row["fact"]).encode()) for row in rows]
    return [fact for fact in read if not isinstance(fact, facts.Unknown)]


async def test_after_every_action_the_clocks_are_those_of_the_facts(floor: Floor) -> None:
    own_rules = "escalate"
    others = [s for name, s in SCENARIOS.items() if not name.startswith(own_rules)]
    for number, scenario in enumerate(others):
        watched(floor)
        scene = Scene(floor, number)
        await scene.set()
        await scenario(scene)
    clocks = folded(await logged(floor))
    assert len({metric for _, _, metric in clocks}) == len({t.metric for t in TARGETS})
    assert await kept(floor) == expected(clocks)


MOVES = ("open", "pending_customer", "pending_third_party", "resolved", "closed")


def moved(case: int, before: str, after: str, seconds: int) -> facts.CaseChanged:
    return facts.CaseChanged(
        at=NOW + timedelta(seconds=seconds),
        case=case,
        customer=1,
        category="fault",
        severity="high",
        state="open",
        queue="care",
        by_kind="system",
        changes={"state": (before, after)},
    )


@pytest.fixture
async def case(floor: Any) -> int:
    """A case's row alone: nothing has happened to it yet."""
    await floor.waiting()
    return await floor.desk.value(
        "INSERT INTO service_case (customer_id, party_id, category, severity, state, state_since,"
        " queue, subject, description, opened_by_kind, opened_at)"
        " SELECT id, id, 'fault', 'high', 'open', $1, 'care', '', '', 'system', $1 FROM customer"
        " RETURNING id",
        NOW,
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(MOVES), st.sampled_from(MOVES), st.integers(-60, 7_200)),
        min_size=1,
        max_size=12,
    ),
    together=st.integers(1, 4),
)
async def test_any_order_of_events_leaves_the_clock_of_those_events(
    floor: Floor, case: int, moves: list[tuple[str, str, int]], together: int
) -> None:
    await floor.desk.rows("DELETE FROM clock")
    watched(floor)
    opened = facts.CaseOpened(
        at=NOW,
        case=case,
        customer=1,
        category="fault",
        severity="high",
        state="open",
        queue="care",
        by_kind="system",
        subject="",
    )
    happened = [opened, *(moved(case, *move) for move in moves)]
    for at in range(0, len(happened), together):

        async def say(tx: Any, at: int = at) -> None:
            for fact in happened[at : at + together]:
                tx.emit(fact)

        await floor.run(say)
    assert await kept(floor) == expected(folded(happened))


async def test_where_no_target_is_for_what_happened_the_database_is_not_asked(
    book: Published,
) -> None:
    """The shipped rulebook has none for conversations: their messages and offers pay nothing."""
    assert {target.of for target in book.rules.targets} == {"case"}
    nowhere: Any = None
    tx = Tx(nowhere)
    tx.emit(facts.ConversationOpened(at=NOW, conversation=1, customer=1, channel="web"))
    about: Any = {"item": 1, "conversation": 1, "customer": 1, "queue": "care", "channel": "web"}
    assigned: Any = {"agent": 1, "weight": 1, "epoch": 2, "enqueued_at": NOW}
    tx.emit(facts.ItemAssigned(at=NOW, **about, **assigned))
    await follow(tx, book)
    assert tx.timers == {}
