"""Why an offer went to whom: the same parts as the engine's, and the same in English."""

from typing import Any

import msgspec
import pytest

from contactcenter.explanation import (
    Ahead,
    Away,
    Explanation,
    Free,
    IdleLess,
    LeftOut,
    LongestIdle,
    NoRoom,
    NotPreferred,
    Others,
    PreferredAgent,
    Reason,
    Resting,
    Term,
    WithoutQueue,
    WithoutSkill,
    sentence,
)
from routing import decisions

PLAIN = Explanation(
    item=7,
    queue="billing",
    channel="web",
    winner=1,
    runner_up=None,
    terms=(LongestIdle(45_000_000),),
    others=(),
    requirement={},
    step=0,
    version=1,
    waited_us=12_000_000,
)


def why(**changed: Any) -> Explanation:
    return msgspec.structs.replace(PLAIN, **changed)


def test_it_has_the_parts_that_the_engine_gives() -> None:
    assert parts(Explanation) == parts(decisions.Explanation)


def parts(kind: type) -> dict[str, Any]:
    """Names, codes and fields; the descriptions are each side's own."""
    _, schemas = msgspec.json.schema_components([kind])
    return {
        name: {key: value for key, value in schema.items() if key != "description"}
        for name, schema in schemas.items()
    }


def test_it_is_said_in_plain_sentences() -> None:
    told = sentence(
        why(
            terms=(LongestIdle(45_000_000), Ahead("tier", "gold", 300_000_000)),
            runner_up=2,
            others=(Others(1, IdleLess()), Others(3, WithoutSkill("language:id", 3))),
        )
    )
    assert told == (
        "Agent 1 was offered item 7 of queue billing after 12 s: longest idle: idle for 45 s; "
        "gold customer: placed as if 300 s earlier. Of the others: agent 2 would have been next, "
        "1 idle for less long, 3 without language:id at 3 or more."
    )


def test_whoever_knows_names_says_them() -> None:
    agents, queues = {1: "Sari", 2: "Budi"}, {"billing": "Billing"}
    told = sentence(
        why(runner_up=2, others=(Others(1, WithoutQueue("billing")),)),
        agents.__getitem__,
        queues.__getitem__,
    )
    assert told == (
        "Sari was offered item 7 of queue Billing after 12 s: longest idle: idle for 45 s. "
        "Of the others: Budi would have been next, 1 without queue Billing."
    )


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (LongestIdle(4_560_000), "longest idle: idle for 4.5 s"),
        (PreferredAgent(0), "the customer's preferred agent, idle for 0 s"),
        (Ahead("queue", "care", 5_000_000), "queue care: placed as if 5 s earlier"),
        (Ahead("propensity_to_leave", "", 60_000_000), "may leave us: placed as if 60 s earlier"),
        (Ahead("gold customer", "", 1_000_000), "gold customer: placed as if 1 s earlier"),
    ],
)
def test_each_term_has_words(term: Term, words: str) -> None:
    assert sentence(why(terms=(term,))).endswith(f" after 12 s: {words}.")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Free(), "free for it"),
        (IdleLess(), "idle for less long"),
        (NotPreferred(), "passed over for the preferred agent"),
        (LeftOut(), "left out of this item after a miss"),
        (NoRoom("web"), "without room for web"),
        (Resting(), "resting after a miss"),
        (Away(), "away"),
        (WithoutQueue("care"), "without queue care"),
        (WithoutSkill("language:id", 3), "without language:id at 3 or more"),
    ],
)
def test_each_reason_has_words(reason: Reason, words: str) -> None:
    told = sentence(why(others=(Others(2, reason),)))
    assert told.endswith(f" Of the others: 2 {words}.")
