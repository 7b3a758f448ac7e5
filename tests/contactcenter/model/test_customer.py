from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contactcenter.model.customer import Customer, Identity, place
from contactcenter.model.rulebook import Rulebook, parse

RULES = parse((Path(__file__).parents[3] / "config" / "rulebook.toml").read_text(encoding="utf-8"))
SECOND = 1_000_000


def customer(**known: Any) -> Customer:
    unknown: dict[str, Any] = {
        "name": None,
        "value": 0,
        "tier": None,
        "propensity_to_leave": 0.0,
        "language": None,
        "territory": None,
        "attributes": {},
        "tags": [],
        "spam_at": None,
        "merged_into": None,
        "created_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    return Customer(id=1, **{**unknown, **known})


def with_matching(**levels: int) -> Rulebook:
    matching = msgspec.structs.replace(RULES.matching, **levels)
    return msgspec.structs.replace(RULES, matching=matching)


def test_an_identity_is_told_by_scheme_scope_and_value_alone() -> None:
    claimed = Identity(scheme="phone", scope="front", value="+62")
    proven = Identity(scheme="phone", scope="front", value="+62", verified=True)
    assert claimed.key == proven.key == ("phone", "front", "+62")


def test_identities_are_sorted_by_their_keys() -> None:
    keys = [("b", "a", "a"), ("a", "b", "b"), ("a", "b", "a"), ("a", "a", "z")]
    identities = [Identity(scheme=s, scope=c, value=v) for s, c, v in keys]
    assert [i.key for i in sorted(identities)] == sorted(keys)


def test_a_stranger_asks_what_the_queue_asks() -> None:
    given = place(customer(), "fiber", RULES)
    assert (given.requirement, given.head_start_us, given.head_start_words) == (
        {"product:fiber": 2},
        0,
        [],
    )


@pytest.mark.parametrize(("asked", "level"), [(1, 2), (3, 3)])
def test_the_higher_of_two_levels_is_asked(asked: int, level: int) -> None:
    given = place(customer(), "fiber", RULES, {"product:fiber": asked, "a": 1})
    assert given.requirement == {"a": 1, "product:fiber": level}


@pytest.mark.parametrize(
    ("known", "levels", "asked"),
    [
        ({"language": "id"}, {"language_level": 2}, {"language:id": 2}),
        ({"language": "id"}, {"language_level": 0}, {}),
        ({"language": None}, {"language_level": 2}, {}),
        ({"territory": "west"}, {"territory_level": 1}, {"territory:west": 1}),
        ({"territory": "west"}, {"territory_level": 0}, {}),
        ({"territory": None}, {"territory_level": 1}, {}),
    ],
)
def test_language_and_territory_are_asked_where_the_rules_say_so(
    known: dict[str, str], levels: dict[str, int], asked: dict[str, int]
) -> None:
    assert place(customer(**known), "care", with_matching(**levels)).requirement == asked


def test_a_language_lowers_no_level_that_is_asked_of_it() -> None:
    rules = with_matching(language_level=1)
    given = place(customer(language="id"), "care", rules, {"language:id": 3})
    assert given.requirement == {"language:id": 3}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"tier": "gold"}, [("tier:gold", 300 * SECOND)]),
        ({"tier": "tin"}, []),
        ({"propensity_to_leave": 0.5}, [("propensity_to_leave", 60 * SECOND)]),
        ({"propensity_to_leave": 0.49}, []),
        (
            {"tier": "silver", "propensity_to_leave": 1.0},
            [("tier:silver", 60 * SECOND), ("propensity_to_leave", 60 * SECOND)],
        ),
    ],
)
def test_a_head_start_is_the_sum_of_what_explains_it(
    known: dict[str, Any], words: list[tuple[str, int]]
) -> None:
    given = place(customer(**known), "care", RULES)
    assert given.head_start_words == words
    assert given.head_start_us == sum(us for _, us in words)


def test_a_queue_may_give_a_head_start() -> None:
    care = msgspec.structs.replace(RULES.queues["care"], head_start_s=5)
    rules = msgspec.structs.replace(RULES, queues={"care": care})
    assert place(customer(), "care", rules).head_start_words == [("queue:care", 5 * SECOND)]


def test_what_starts_nobody_ahead_is_not_mentioned() -> None:
    gold = msgspec.structs.replace(RULES.tiers["gold"], head_start_s=0)
    risk = msgspec.structs.replace(RULES.propensity_to_leave, head_start_s=0)
    rules = msgspec.structs.replace(RULES, tiers={"gold": gold}, propensity_to_leave=risk)
    given = place(customer(tier="gold", propensity_to_leave=1.0), "care", rules)
    assert given.head_start_words == []
