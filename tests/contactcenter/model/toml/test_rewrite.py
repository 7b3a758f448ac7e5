"""What people wrote around a rule stays when a rule is changed by a form."""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter.errors import BadInput
from contactcenter.model.toml.render import render
from contactcenter.model.toml.rewrite import put, rewrite

SHIPPED = (Path(__file__).parents[4] / "config" / "rulebook.toml").read_text(encoding="utf-8")


def edited(path: list[str | int], value: Any, text: str = SHIPPED) -> list[str]:
    """The lines that went and came."""
    wanted = put(tomllib.loads(text), path, value)
    after = rewrite(text, wanted)
    assert tomllib.loads(after) == wanted
    lines = difflib.unified_diff(text.splitlines(), after.splitlines(), n=0)
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_what_is_the_same_already_changes_nothing() -> None:
    assert edited(["queues", "care"], tomllib.loads(SHIPPED)["queues"]["care"]) == []


def test_of_a_section_only_what_differs_is_written_anew() -> None:
    billing = tomllib.loads(SHIPPED)["queues"]["billing"]
    del billing["wrap_up_s"]
    assert edited(["queues", "billing"], billing | {"target_s": 90, "sticky_wait": True}) == [
        "-target_s = 120",
        "+target_s = 90",
        "-wrap_up_s = 60",
        "+sticky_wait = true",
    ]


def test_a_comment_behind_a_value_stays() -> None:
    assert edited(["a", "b"], "x", "[a] # first\nb = [1, # one\n2] # both\n") == [
        "-b = [1, # one",
        "-2] # both",
        '+b = "x" # both',
    ]


def test_a_new_section_comes_behind_its_last_sister() -> None:
    added = {"label": "VIP", "target_s": 5, "service_level": 0.9, "requirement": {"a b": 1}}
    wanted = rewrite(SHIPPED, put(tomllib.loads(SHIPPED), ["queues", "vip"], added))
    before, _, after = wanted.partition("\n[queues.vip]\n")
    assert before.rstrip().endswith('requirement = { "product:fiber" = 2 }')
    assert after.startswith(
        'label = "VIP"\ntarget_s = 5\nservice_level = 0.9\nrequirement = { "a b" = 1 }\n\n# What'
    )


def test_a_section_that_goes_takes_its_own_lines_with_it() -> None:
    assert edited(["intents", "billing"], None) == ["-[intents.billing]", '-queue = "billing"']


def test_a_list_of_tables_grows_at_its_end() -> None:
    entry = {"connection": "x", "queue": "care"}
    assert edited(["entry", 2], entry) == [
        "+[[entry]]",
        '+connection = "x"',
        '+queue = "care"',
        "+",
    ]


def test_a_list_of_tables_shrinks() -> None:
    assert edited(["entry", 0], None, "[[entry]]\na = 1\n[[entry]]\na = 2 # two\n") == [
        "-a = 1",
        "-[[entry]]",
        "-a = 2 # two",
        "+a = 2",
    ]


def test_a_section_that_becomes_empty_is_still_there() -> None:
    wanted = put(tomllib.loads(SHIPPED), ["intents"], {})
    assert tomllib.loads(rewrite(SHIPPED, wanted))["intents"] == {}


def test_what_is_written_in_one_line_stays_in_one_line() -> None:
    assert edited(["a", "c"], 2, "a = { b = 1 } # small\n") == [
        "-a = { b = 1 } # small",
        "+a = { b = 1, c = 2 } # small",
    ]


def test_a_date_is_written_as_a_date() -> None:
    assert edited(["on"], date(2026, 12, 24), "on = 2026-12-25") == [
        "-on = 2026-12-25",
        "+on = 2026-12-24",
    ]


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [(["a", "y", "z"], 1, "a.y.x = 1 # dotted\n"), (["a"], float("nan"), "a = 1\n")],
)
def test_what_cannot_be_fitted_in_is_refused_rather_than_written_over(
    path: list[str | int], value: Any, text: str
) -> None:
    with pytest.raises(BadInput) as refused:
        edited(path, value, text)
    assert refused.value.code == "edit-the-text"


@pytest.mark.parametrize(
    "path", [["entry", 7], ["entry", "one"], ["organisation", 0], ["queues", "care", "label", "x"]]
)
def test_what_has_no_place_is_refused(path: list[str | int]) -> None:
    with pytest.raises(BadInput) as refused:
        put(tomllib.loads(SHIPPED), path, 1)
    assert refused.value.code == "no-such-place"


names = st.sampled_from(["a", "b", "c d"])
scalars = st.integers(0, 2) | st.booleans() | st.text("\"'#]", max_size=2)
tables = st.recursive(
    st.dictionaries(names, scalars | st.lists(scalars, max_size=2), max_size=3),
    lambda inner: st.dictionaries(names, inner | st.lists(inner, max_size=2) | scalars, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150)
@given(tables, tables)
def test_whatever_is_wanted_is_what_is_read_afterwards(
    present: dict[str, Any], wanted: dict[str, Any]
) -> None:
    try:
        after = rewrite(render(present), wanted)
    except BadInput:
        return  # told, and nothing is written
    assert tomllib.loads(after) == wanted
