from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contactcenter import facts
from contactcenter.model.rulebook import Published
from contactcenter.workers.router import Router
from contactcenter.workers.router.translate import NEVER, Translator, micros, rules_published
from routing.engine import Engine
from routing.facts import AgentUpdated, ItemDone, ItemQueued
from tests.contactcenter.floor import NOW, Floor, queue
from tests.contactcenter.scenarios import SCENARIOS, Scene


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def known(engine: Engine, now: int) -> dict[str, Any]:
    """What the engine knows that can still matter: no history, no numbers of its own."""
    return {
        "agents": {
            agent: {
                "takes_work": seat.record.takes_work,
                "profile": msgspec.structs.replace(
                    seat.record.profile, at=0, revision=0, idle_since=0, misses=0, cooldown_until=0
                )
                if seat.record.profile
                else None,
                "idle_since": seat.record.idle_since,
                "rests_until": max(seat.record.rests_until, now),
                "carried": sorted(seat.carried),
                "units": seat.units,
                "open": seat.open,
            }
            for agent, seat in engine.state.seats.items()
            if seat.record.signed_in
        },
        "items": {
            number: {
                "agent": item.agent,
                "offer": item.offer,
                "units": item.units,
                "channel": item.entry.channel,
                "queue": item.entry.queue,
                "rests_until": max(item.rests_until, now),
                "excluded": {a: until for a, until in item.excluded.items() if until > now},
                "place": (
                    item.entry.enqueued_at,
                    item.entry.head_starts,
                    item.entry.requirement,
                    item.entry.sticky_agent,
                    item.entry.sticky_until,
                )
                if item.agent is None
                else None,
            }
            for number, item in engine.state.items.items()
        },
    }


RULES_CHANGE = "publish__other_rules"
"""Under other rules the leader loads everything again."""


async def test_memory_that_followed_is_the_memory_that_is_loaded(floor: Floor) -> None:
    """One scene after another in one house: a leader that has seen all of it knows as much as one
    that begins now."""
    scene = Scene(floor)
    parts: Any = (floor.desk.database, None, None, lambda: scene.at(20), "test")
    router = Router(*parts)
    engine, translator, position = await router._load(floor.book)
    for number, (name, scenario) in enumerate(SCENARIOS.items()):
        if name == RULES_CHANGE:
            continue
        scene = Scene(floor, number)
        await scene.set()
        await scenario(scene)
        position = await follow(floor, engine, translator, position)
        loaded, _, _ = await router._load(floor.book)
        now = micros(scene.at(20))
        for one in (engine, loaded):
            one.state.advance(now)
        assert known(engine, now) == known(loaded, now), name


async def follow(floor: Floor, engine: Engine, translator: Translator, position: int) -> int:
    """Tell the engine all that has happened since; returns the log's end."""
    rows = await floor.desk.rows(
        "SELECT seq, fact::text AS fact FROM log WHERE seq > $1 ORDER BY seq", position
    )
    for row in rows:
        fact = msgspec.json.decode(str(row["fact"]), type=facts.Fact)
        for told in translator.translate(row["seq"], fact):
            engine.apply(told)
    return rows[-1]["seq"]


@pytest.fixture
def engine(book: Published) -> Engine:
    engine = Engine()
    engine.apply(rules_published(book, 0))
    return engine


@pytest.fixture
def translator(book: Published, engine: Engine) -> Translator:
    return Translator(book, engine.state)


def test_time_is_whole_microseconds() -> None:
    assert micros(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005


def test_rules_are_those_of_the_rulebook(book: Published) -> None:
    rules = rules_published(book, 7).rules
    assert rules.version == book.version
    assert rules.channels["voice"].exclusive
    assert not rules.queues["care"].sticky_waits
    assert (rules.exclusion, rules.cooldown) == (120_000_000, 5_000_000)


def test_setting_agents_away_is_left_to_the_record(book: Published) -> None:
    assert rules_published(book, 7).rules.misses_before_away == NEVER


def test_what_comes_while_the_queue_is_closed_is_not_offered_before_it_opens(
    book: Published, engine: Engine
) -> None:
    office = Published(1, queue(book.rules, "care", calendar="office"))
    translator = Translator(office, engine.state)
    saturday = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # eight o'clock in Jakarta

    def not_before(enqueued_at: datetime) -> int:
        [told] = translator.translate(1, waiting_since(enqueued_at))
        assert isinstance(told, ItemQueued)
        return told.not_before

    assert not_before(saturday) == micros(monday)
    assert not_before(monday) == 0


def waiting_since(enqueued_at: datetime) -> facts.ItemQueued:
    return facts.ItemQueued(
        at=enqueued_at,
        item=1,
        conversation=1,
        customer=1,
        queue="care",
        channel="web",
        bot=None,
        because="arrived",
        epoch=1,
        weight=1,
        requirement={},
        band=0,
        enqueued_at=enqueued_at,
        head_start_us=0,
        head_start_words=[],
    )


def test_what_an_agent_can_do_may_change_without_their_clocks(
    translator: Translator, engine: Engine
) -> None:
    def told(seq: int, fact: facts.Fact) -> list[AgentUpdated]:
        found = list(translator.translate(seq, fact))
        for one in found:
            engine.apply(one)
        return found

    able = {"name": "Ana", "skills": {}, "queues": [], "ceilings": {}}
    assert told(1, facts.AgentConfigured(at=NOW, agent=1, capacity=2, **able)) == []
    here = facts.PresenceChanged(
        at=NOW, agent=1, presence="available", since=NOW, idle_since=NOW, cooldown_until=at(9)
    )
    [arrived] = told(2, here)
    assert (arrived.capacity, arrived.queues, arrived.ceilings["web"]) == (2, None, 2)
    engine.state.seat(1).record.idle_since = micros(at(5))
    more = {**able, "queues": ["care"], "ceilings": {"web": 1}}
    [changed] = told(3, facts.AgentConfigured(at=at(6), agent=1, capacity=4, **more))
    assert (changed.capacity, changed.queues, changed.ceilings["web"]) == (4, ("care",), 1)
    assert (changed.idle_since, changed.cooldown_until) == (micros(at(5)), micros(at(9)))


def test_end_of_what_was_never_heard_of_changes_nothing(
    translator: Translator, engine: Engine
) -> None:
    done = facts.ItemDone(at=NOW, item=9, conversation=1, customer=1, queue="care", channel="web")
    assert list(translator.translate(1, done)) == [ItemDone(at=micros(NOW), item=9, generation=0)]
    engine.apply(ItemDone(at=micros(NOW), item=9, generation=0))
    assert engine.state.items == {}
