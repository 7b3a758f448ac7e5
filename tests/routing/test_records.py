"""Who takes work, and that what one item or agent is remembered by is never another's."""

import msgspec
import pytest

from routing.facts import AgentUpdated, ItemQueued
from routing.model import Rules
from routing.records import Agent, Item, Ledger

PROFILE = AgentUpdated(
    at=0,
    agent=1,
    revision=1,
    available=True,
    skills={},
    capacity=3,
    ceilings={"chat": 3},
    idle_since=0,
)
HERE = Agent(1, profile=PROFILE, revision=1, signed_in=True)


def test_who_is_signed_in_and_available_takes_work() -> None:
    assert HERE.takes_work


@pytest.mark.parametrize("busy", [{"rests_until": 9}, {"misses": 9}, {"excused": "assigned"}])
def test_who_rests_or_is_full_is_still_here_for_work(busy: dict[str, object]) -> None:
    assert msgspec.structs.replace(HERE, **busy).takes_work


@pytest.mark.parametrize(
    "why",
    [
        {"signed_in": False},
        {"profile": None},
        {"profile": msgspec.structs.replace(PROFILE, available=False)},
        {"leaving": True},
    ],
)
def test_who_is_gone_unknown_away_or_about_to_be_takes_none(why: dict[str, object]) -> None:
    assert not msgspec.structs.replace(HERE, **why).takes_work


def test_two_items_do_not_share_what_has_been_closed() -> None:
    entry = ItemQueued(0, 7, 1, "care", "chat", "message", 0, 1)
    first, second = Item(entry, {}), Item(entry, {})
    first.closed.append(15)
    assert second.closed == []


def test_a_ledger_begins_empty_with_rules_that_any_published_ones_follow() -> None:
    first, second = Ledger(), Ledger()
    first.departures["done"] = 1
    first.anomalies["late"] = 1
    assert second == Ledger(rules=Rules(version=0))
