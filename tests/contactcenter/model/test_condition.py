"""Conditions are checked before they are rules, and evaluated within bounds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter.model.condition import (
    VARIABLES,
    BadCondition,
    ConditionFailed,
    Conditions,
    Facts,
    compile_condition,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SUBJECTS = tuple({name.partition(".")[0] for name in VARIABLES})
DAY_AGO = NOW - timedelta(hours=24)
KNOWN: dict[str, Any] = {
    "now": NOW,
    "customer.value": 90,
    "customer.tier": "gold",
    "customer.propensity_to_leave": 0.25,
    "customer.tags": ["vip", "press"],
    "customer.attributes": {"product": "fiber", "lines": 3},
    "customer.verified": True,
    "case.severity": "critical",
    "case.state": "open",
    "case.opened": DAY_AGO,
    "agent.skills": {"language:id": 9},
    "interaction.text": "I want a refund",
}
DOUBLE = "; write 1.0 where 1 is meant as a double"
TEN = "[0,1,2,3,4,5,6,7,8,9]"


def holds(source: str, **more: Any) -> bool:
    return compile_condition(source, SUBJECTS).holds(Facts(KNOWN | more))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('customer.tier == "gold" && customer.value > 80', True),
        ("customer.propensity_to_leave >= 0.5", False),
        ('"vip" in customer.tags', True),
        ('customer.tags.exists(tag, tag.startsWith("pre"))', True),
        ('customer.attributes["lines"] > 2 && customer.attributes.product == "fiber"', True),
        (
            'case.state != "resolved" && now - case.opened >= duration("20h")',
            True,
        ),
        ('now.getDayOfWeek("Asia/Jakarta") == 6', True),
        ('agent.skills["language:id"] >= 5', True),
        ("!customer.verified", False),
        ('interaction.text.matches("(?i)REFUND|money back")', True),
        ("true // always", True),
    ],
)
def test_it_is_true_or_false_of_the_facts(source: str, *, expected: bool) -> None:
    assert holds(source) is expected


def test_what_is_not_known_is_nothing() -> None:
    unknown = Facts({"customer.tier": None})
    for source in (
        'customer.tier == "" && customer.value == 0 && customer.propensity_to_leave == 0.0',
        "customer.tags.size() == 0 && customer.attributes.size() == 0 && !customer.verified",
        "now.getFullYear() == 1970",
    ):
        assert compile_condition(source, SUBJECTS).holds(unknown)


def test_every_variable_can_be_asked() -> None:
    for name in VARIABLES:
        assert holds(f"{name} == {name}")


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        (
            'customer.tiers == "x" && foo',
            [
                "At column 9: there is no customer.tiers here; is customer.tier meant?",
                "At column 26: there is no foo here.",
            ],
        ),
        (
            "customer.propensity_to_leave > 1",
            [f"At column 30: > does not take double and int{DOUBLE}."],
        ),
        (
            "customer.verified &&\n customer.value",
            ["At column 19: && does not take bool and int."],
        ),
        (
            "true &&\n case.stat",
            ["At line 2, column 6: there is no case.stat here; is case.state meant?"],
        ),
        ("customer.value", ["At column 1: It must be true or false, and is of the type int."]),
        ("dyn(true)", ["At column 1: It must be true or false, and is of the type dyn."]),
        ("1 +", ["At column 4: Syntax error: mismatched input '<EOF>'."]),
        (
            "(" * 40 + "true" + ")" * 40,
            ["At column 1: Expression recursion limit exceeded. limit: 32."],
        ),
        ("true" + " " * 2000, ["At column 1: It has more than 2000 characters."]),
        ("'\ud800' == ''", ["At column 1: it is no text."]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(source: str, faults: list[str]) -> None:
    with pytest.raises(BadCondition) as bad:
        compile_condition(source, SUBJECTS)
    assert [str(fault) for fault in bad.value.faults] == faults


def test_only_what_there_is_can_be_asked_about() -> None:
    with pytest.raises(BadCondition, match=r"there is no case\.state here"):
        compile_condition('case.state == "open"', ("customer",))
    with pytest.raises(LookupError, match=r"customer\.height"):
        Facts({"customer.height": 1})


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("1 / (customer.value - 90) == 1", "divide by zero"),
        ('customer.attributes["size"] == 1', "Key not found"),
        (f"{TEN}.all(a, {TEN}.all(b, {TEN}.all(c, {TEN}.all(d, {TEN}.all(e, true)))))", "budget"),
        ('customer.name.matches("(")', "regular expression"),
        ('customer.attributes["product"] > 1', "No matching overload"),
    ],
)
def test_a_condition_that_cannot_be_evaluated_says_why(source: str, why: str) -> None:
    with pytest.raises(ConditionFailed, match=why):
        holds(source)


def together(**sources: str) -> Any:
    compiled = {name: compile_condition(source, SUBJECTS) for name, source in sources.items()}
    return Conditions(compiled).holding(Facts(KNOWN))


def test_many_together_are_what_each_is_by_itself() -> None:
    found = together(
        a="customer.value > 80", b="customer.value > 95", c="true // (", d='"vip" in customer.tags'
    )
    assert (found.names, found.failed) == (["a", "c", "d"], {})


def test_one_that_fails_takes_none_with_it() -> None:
    found = together(a="true", b="1 / 0 == 1", c="customer.value > 80")
    assert (found.names, found.failed) == (["a", "c"], {"b": "divide by zero"})


def test_one_that_is_as_deep_as_may_be_is_among_them() -> None:
    deep = next(
        "(" * n + "true" + ")" * n
        for n in range(32, 0, -1)
        if _compiles("(" * n + "true" + ")" * n)
    )
    assert together(a=deep, b="false", c="true").names == ["a", "c"]


def _compiles(source: str) -> bool:
    try:
        return bool(compile_condition(source, ()))
    except BadCondition:
        return False


def test_more_than_are_asked_at_once_keep_their_order() -> None:
    found = together(**{f"n{n}": f"customer.value > {n}" for n in range(100)})
    assert found.names == [f"n{n}" for n in range(90)]


def test_threads_may_compile_and_evaluate_at_once() -> None:
    def work(number: int) -> bool:
        return holds(f"customer.value > {number} && {number} == {number}")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(200))) == [number < 90 for number in range(200)]


SIGNS = (
    "( ) [ ] { } && || == > + ! ? : . , 1 0.5 'x' '1h' \" true null in has all matches duration é"
)
words = st.sampled_from([*VARIABLES, *SIGNS.split(), "\n"])
sources = st.lists(words, max_size=14).map(" ".join) | st.text(max_size=40)
anything = st.none() | st.integers() | st.text() | st.booleans() | st.lists(st.text(), max_size=2)
facts = st.dictionaries(st.sampled_from(list(VARIABLES)), anything, max_size=5)


@settings(max_examples=300)
@given(sources, facts)
def test_whatever_is_written_and_known_nothing_else_is_raised(
    source: str, known: dict[str, Any]
) -> None:
    try:
        condition = compile_condition(source, SUBJECTS)
        answer = condition.holds(Facts(known))
    except (BadCondition, ConditionFailed) as refused:
        assert str(refused)  # noqa: PT017 -- either it is refused, with words, or it has an answer
    else:
        assert answer in (True, False)
