from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contactcenter.model.agent import Agent, Load
from contactcenter.model.rulebook import parse

RULES = parse((Path(__file__).parents[3] / "config" / "rulebook.toml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(hours=1)


def agent(**changed: Any) -> Agent:
    known: dict[str, Any] = {
        "skills": {},
        "queues": [],
        "capacity": 3,
        "ceilings": {},
        "presence": "available",
        "presence_reason": None,
        "presence_since": BEFORE,
        "gone_since": None,
        "idle_since": BEFORE,
        "cooldown_until": None,
        "misses": 0,
    }
    return Agent(id=1, **{**known, **changed})


@pytest.mark.parametrize("presence", ["available", "away", "offline"])
def test_who_is_here_is_seen_as_they_say(presence: Any) -> None:
    assert agent(presence=presence).seen_as == presence


def test_who_is_gone_is_offline_whatever_they_said() -> None:
    assert agent(gone_since=NOW).seen_as == "offline"


def test_who_comes_back_starts_with_a_clean_slate() -> None:
    back = agent(presence="away", presence_reason="lunch", misses=3, cooldown_until=NOW).says(
        "available", None, NOW
    )
    assert back == agent(presence_since=NOW, idle_since=NOW)


@pytest.mark.parametrize(
    ("was", "says"), [("available", "available"), ("available", "away"), ("away", "offline")]
)
def test_otherwise_misses_and_rest_stay(was: Any, says: Any) -> None:
    tired = agent(presence=was, misses=2, cooldown_until=NOW)
    after = tired.says(says, None, NOW)
    assert (after.presence, after.presence_since) == (says, NOW)
    assert (after.misses, after.cooldown_until, after.idle_since) == (2, NOW, BEFORE)


def test_who_misses_rests_and_goes_to_the_end_of_the_line() -> None:
    rests = NOW + timedelta(seconds=5)
    after = agent(misses=1).missed(rests, NOW)
    assert (after.misses, after.cooldown_until, after.idle_since) == (2, rests, NOW)


def test_presence_is_said_with_its_reason_and_since_when() -> None:
    fact = agent(presence="away", presence_reason="lunch", misses=2).presence_fact(NOW)
    assert (fact.at, fact.agent, fact.presence, fact.reason) == (NOW, 1, "away", "lunch")
    assert (fact.since, fact.idle_since, fact.misses) == (BEFORE, BEFORE, 2)


def test_of_who_is_gone_it_is_said_since_when_and_not_why_they_were_away() -> None:
    fact = agent(presence="away", presence_reason="lunch", gone_since=NOW).presence_fact(NOW)
    assert (fact.presence, fact.since, fact.reason) == ("offline", NOW, None)


@pytest.mark.parametrize(
    ("carried", "channel", "weight", "fits"),
    [
        ({}, "web", 3, True),
        ({}, "web", 4, False),
        ({"web": 2}, "web", 1, True),
        ({"web": 2}, "mobile", 1, True),
        ({"web": 2, "mobile": 1}, "mobile", 1, False),
        ({"web": 3}, "web", 0, True),
        ({"voice": 1}, "web", 1, False),
        ({"voice": 1}, "web", 0, True),
        ({}, "voice", 1, True),
        ({"web": 1}, "voice", 1, False),
        ({"web": 0}, "voice", 1, True),
        ({"fax": 1}, "web", 2, True),
    ],
)
def test_what_fits_is_within_the_capacity_and_beside_nothing_exclusive(
    carried: dict[str, int],
    channel: str,
    weight: int,
    fits: bool,  # noqa: FBT001 -- the answer
) -> None:
    assert agent().can_take(channel, weight, Load(carried), RULES) is fits


@pytest.mark.parametrize(("carried", "fits"), [({"web": 1}, False), ({"mobile": 1}, True)])
def test_a_channel_may_have_a_ceiling_of_its_own(
    carried: dict[str, int],
    fits: bool,  # noqa: FBT001 -- the answer
) -> None:
    assert agent(ceilings={"web": 1}).can_take("web", 1, Load(carried), RULES) is fits


@pytest.mark.parametrize(
    ("presence", "ago_s", "past"),
    [
        ("away", 121, True),
        ("away", 120, False),
        ("available", 9999, False),
        ("offline", 9999, False),
    ],
)
def test_patience_with_who_is_away_ends(
    presence: Any,
    ago_s: int,
    past: bool,  # noqa: FBT001 -- the answer
) -> None:
    since = NOW - timedelta(seconds=ago_s)
    assert agent(presence=presence, presence_since=since).away_past_patience(NOW, RULES) is past


def test_a_load_is_counted_by_channel() -> None:
    load = Load({"web": 1}).plus("web", 2).plus("voice", 3)
    assert (load.by_channel, load.total) == ({"web": 3, "voice": 3}, 6)


def test_a_load_is_a_value() -> None:
    before = Load({"web": 1})
    before.plus("web", 1)
    assert before == Load({"web": 1})
