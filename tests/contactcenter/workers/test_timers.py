import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from contactcenter.db.tx import Tx
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.record.timers import still_due
from contactcenter.words import TimerKind
from contactcenter.workers import timers as worker
from contactcenter.workers.timers import BACKLOG_MAX, DELAYS_S, EFFECTS, LOOK_S, Timers
from tests.contactcenter.floor import NOW, Floor, accept


@pytest.fixture
async def timers(floor: Floor) -> Timers:
    await floor.publish()
    rulebook = RulebookInForce(floor.desk.database)
    await rulebook.load()
    return Timers(floor.desk.database, rulebook, lambda: datetime.now(UTC))


async def due(floor: Floor, kind: str | None = None) -> None:
    await floor.desk.rows(
        "UPDATE timer SET due_at = now() - interval '1 second' WHERE $1::text IS NULL OR kind = $1",
        kind,
    )


async def fire_due(timers: Timers) -> int:
    """Look once, and fire what is due by now; returns how many there were."""
    looked = asyncio.get_running_loop().time()
    seen = await timers.look()
    rings = [*seen.backlog, *(r for r in seen.ahead if r.wait_s <= 0)]
    await timers.fire(rings, looked)
    return len(rings)


async def emptied(floor: Floor, timers: Timers) -> None:
    """Let the worker run until no timer is left."""
    running = asyncio.create_task(timers.run())
    async with asyncio.timeout(30):
        while await floor.desk.value("SELECT count(*) FROM timer"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()


def late(kind: str, suffix: str) -> float:
    name = f"contactcenter_timer_lateness_seconds_{suffix}"
    return REGISTRY.get_sample_value(name, {"kind": kind}) or 0.0


async def test_what_is_due_fires_and_is_gone(floor: Floor, timers: Timers) -> None:
    agent, item = await floor.desk.person(), await floor.waiting()
    await floor.offer(item, agent)
    await floor.desk.rows("UPDATE timer SET due_at = now() + interval '1 hour'")
    assert await fire_due(timers) == 0
    await due(floor)
    assert await fire_due(timers) == 1
    assert await floor.offers() == [(item, agent, "expired", None)]
    assert await fire_due(timers) == 0


async def test_two_workers_at_once_fire_once(floor: Floor, timers: Timers) -> None:
    agents = [await floor.desk.person() for _ in range(8)]
    for number, agent in enumerate(agents):
        await floor.offer(await floor.waiting(str(number)), agent)
    await due(floor)
    await asyncio.gather(fire_due(timers), fire_due(timers), fire_due(timers))
    assert len(await floor.desk.facts("OfferEnded")) == 8
    misses = await floor.desk.rows("SELECT misses FROM agent")
    assert [row["misses"] for row in misses] == [1] * 8


async def test_timer_of_an_older_generation_does_nothing(floor: Floor, timers: Timers) -> None:
    agent, item = await floor.desk.person(), await floor.waiting()
    offer = await floor.offer(item, agent)
    await due(floor)
    [old] = await floor.desk.rows("SELECT generation FROM timer")
    await floor.run(accept, agent, offer, floor.book, NOW)
    again = await floor.waiting("2")
    await floor.offer(again, agent)
    await floor.desk.rows("UPDATE timer SET subject = $1", offer)
    ring = worker.Ring("offer_lapse", offer, old["generation"], 0, 0.0)
    await timers.fire([ring], 0.0)
    assert await floor.state(item) == "active"
    assert await floor.desk.value("SELECT count(*) FROM timer") == 1


async def test_lateness_is_measured(floor: Floor, timers: Timers) -> None:
    await floor.offer(await floor.waiting(), await floor.desk.person())
    await due(floor)
    count, total = late("offer_lapse", "count"), late("offer_lapse", "sum")
    await fire_due(timers)
    assert late("offer_lapse", "count") - count == 1
    assert 1 <= late("offer_lapse", "sum") - total < 30


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """An effect that fails for subject 13 and leaves a note for every other."""

    async def effect(tx: Tx, rings: dict[int, int], *_: Any) -> None:
        if 13 in rings:
            raise ZeroDivisionError("it" * 400)
        for subject in rings:
            tx.clear("poison", subject)

    monkeypatch.setattr(worker, "EFFECTS", {**EFFECTS, "poison": effect})


async def set_timers(floor: Floor, kind: str, subjects: Sequence[int]) -> None:
    await floor.desk.rows(
        "INSERT INTO timer (kind, subject, due_at) SELECT $1, n, now() - interval '1 second'"
        " FROM unnest($2::bigint[]) AS n",
        kind,
        list(subjects),
    )


@pytest.mark.usefixtures("poison")
async def test_poison_timer_is_pushed_back_and_stops_no_other(floor: Floor, timers: Timers) -> None:
    await set_timers(floor, "poison", [12, 13, 14])
    await fire_due(timers)
    [left] = await floor.desk.rows(
        "SELECT subject, attempts, last_error, parked_at,"
        " due_at > now() + interval '0.5 seconds' AS later FROM timer"
    )
    assert (left["subject"], left["attempts"], left["parked_at"]) == (13, 1, None)
    assert left["later"]
    assert str(left["last_error"]).startswith("ZeroDivisionError('itit")


@pytest.mark.usefixtures("poison")
async def test_poison_timer_is_parked_with_a_fact_in_the_end(floor: Floor, timers: Timers) -> None:
    await set_timers(floor, "poison", [13])
    for attempt in range(len(DELAYS_S)):
        await fire_due(timers)
        assert await floor.desk.value("SELECT attempts FROM timer") == attempt + 1
        assert await floor.desk.facts("TimerParked") == []
        await due(floor)
    await fire_due(timers)
    [parked] = await floor.desk.facts("TimerParked")
    assert (parked["kind"], parked["subject"]) == ("poison", 13)
    [alert] = await floor.desk.facts("AlertRaised")
    assert (alert["kind"], alert["subject_kind"], alert["subject"]) == (
        "timer_parked",
        "timer poison",
        13,
    )
    await floor.desk.rows("DELETE FROM timer WHERE kind = 'alert_climb'")
    await due(floor)
    assert await fire_due(timers) == 0


async def test_timer_of_an_unknown_kind_is_pushed_back(floor: Floor, timers: Timers) -> None:
    await set_timers(floor, "of another version", [1])
    await fire_due(timers)
    assert (
        await floor.desk.value("SELECT last_error FROM timer") == "KeyError('of another version')"
    )


@pytest.mark.usefixtures("poison")
async def test_timer_that_was_set_anew_is_not_pushed_back(floor: Floor, timers: Timers) -> None:
    await set_timers(floor, "poison", [13])
    await timers.fire([worker.Ring("poison", 13, -1, 9, 0.0)], 0.0)
    assert await floor.desk.value("SELECT attempts FROM timer") == 0
    assert await floor.desk.facts("TimerParked") == []


async def test_what_is_due_before_the_next_look_is_seen_before_it_is_due(
    floor: Floor, timers: Timers
) -> None:
    for subject, in_s in ((1, LOOK_S * 0.6), (2, -5.0), (3, LOOK_S * 2), (4, 3600.0)):
        await floor.desk.rows(
            "INSERT INTO timer (kind, subject, due_at)"
            " VALUES ('x', $1, now() + make_interval(secs => $2))",
            subject,
            in_s,
        )
    seen = await timers.look()
    assert [(r.subject, r.wait_s <= 0) for r in seen.ahead] == [(1, False)]
    assert [(r.subject, r.wait_s <= 0) for r in seen.backlog] == [(2, True)]


@pytest.fixture
def fired(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The subjects of timers of kind "bell" that have fired, in order."""
    fired: list[int] = []

    async def effect(tx: Tx, rings: dict[int, int], *_: Any) -> None:
        fired.extend(await still_due(tx, "bell", rings))  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "EFFECTS", {"bell": effect})
    return fired


async def test_what_was_seen_is_fired_in_time_by_one_look(
    floor: Floor, timers: Timers, fired: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "LOOK_S", 30.0)
    for subject, in_ms in ((1, 40), (2, -5), (3, 20)):
        await floor.desk.rows(
            "INSERT INTO timer (kind, subject, due_at)"
            " VALUES ('bell', $1, now() + make_interval(secs => $2))",
            subject,
            in_ms / 1000,
        )
    await emptied(floor, timers)
    assert sorted(fired) == [1, 2, 3]


async def test_what_was_taken_back_or_put_off_since_it_was_seen_is_not_fired(
    floor: Floor, timers: Timers, fired: list[int]
) -> None:
    await set_timers(floor, "bell", [1, 2, 3])
    seen = await timers.look()
    await floor.desk.rows("DELETE FROM timer WHERE subject = 1")
    await floor.desk.database.run(_put_off)
    await timers.fire(seen.backlog, 0.0)
    assert fired == [3]


async def _put_off(tx: Tx) -> None:
    tx.schedule("bell", 2, datetime.now(UTC) + timedelta(hours=1))


async def test_what_was_due_before_is_worked_off_at_a_bounded_rate(
    floor: Floor, timers: Timers, fired: list[int]
) -> None:
    overdue = range(BACKLOG_MAX + 200)
    await set_timers(floor, "bell", overdue)
    seen = await timers.look()
    assert (seen.ahead, len(seen.backlog)) == ([], BACKLOG_MAX)
    await emptied(floor, timers)
    assert sorted(fired) == list(overdue)


async def test_what_falls_due_goes_before_what_was_due_before(
    floor: Floor, timers: Timers, fired: list[int]
) -> None:
    overdue = range(1, BACKLOG_MAX * 2)
    await set_timers(floor, "bell", overdue)
    await timers.look()
    await floor.desk.rows("INSERT INTO timer (kind, subject, due_at) VALUES ('bell', 0, now())")
    await asyncio.sleep(worker.MARGIN_S * 5)
    await emptied(floor, timers)
    assert sorted(fired) == [0, *overdue]
    assert fired[0] == 0


async def test_what_fell_due_while_nobody_fired_is_backlog(
    floor: Floor, timers: Timers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await timers.look()
    await floor.desk.rows("INSERT INTO timer (kind, subject, due_at) VALUES ('x', 1, now())")
    assert [r.subject for r in (await timers.look()).ahead] == [1]
    monkeypatch.setattr(worker, "PAUSE_S", -1.0)
    assert [r.subject for r in (await timers.look()).backlog] == [1]


async def test_more_that_are_due_at_one_moment_than_one_look_takes_all_fire_once(
    floor: Floor, timers: Timers, fired: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "KEPT_MAX", 20)
    monkeypatch.setattr(worker, "FIRED_MAX", 7)
    await timers.look()
    await floor.desk.rows(
        "INSERT INTO timer (kind, subject, due_at) SELECT 'bell', n, now()"
        " FROM generate_series(1, 100) n"
    )
    await emptied(floor, timers)
    assert sorted(fired) == list(range(1, 101))


def test_every_timer_that_is_scheduled_has_an_effect() -> None:
    assert set(EFFECTS) == set(TimerKind.__args__)
