"""Where a thing stands, in all the ways in which TOML lets one write it."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter.model.toml.places import Header, Pair, Path, Places, spelt
from contactcenter.model.toml.render import render

TEXT = '''\
# a comment with = and [brackets]
title = "# none" # here is one
"a.b" = 1
[ queues . billing ]
label = """
[not.a.header]
a = 1 \\""" """""
raw = \'\'\'
it''s \\
\'\'\'
steps = [ # where the list begins
  { after = 1, to = "x" },
  [ 1, "]",
    2 ],
]
lines.first = 1979-05-27 07:32:00
lines."2nd" = 'C:\\'
[[entry]]
queue = "a"
[entry.inner]
deep = true
[[entry]]
[[entry.parts]]
one = 1
[[entry.parts]]
one = 2'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("title",), 2),
        (("a.b",), 3),
        (("queues",), 4),
        (("queues", "billing"), 4),
        (("queues", "billing", "label"), 5),
        (("queues", "billing", "raw"), 8),
        (("queues", "billing", "steps", 0, "to"), 12),
        (("queues", "billing", "steps", 1), 13),
        (("queues", "billing", "steps", 1, 2), 14),
        (("queues", "billing", "lines"), 16),
        (("queues", "billing", "lines", "2nd"), 17),
        (("entry",), 18),
        (("entry", 0, "inner", "deep"), 21),
        (("entry", 1), 22),
        (("entry", 1, "parts", 1, "one"), 26),
        (("queues", "billing", "missing"), 4),
        (("entry", 1, "queue"), 22),
        (("nowhere",), 1),
    ],
)
def test_each_thing_is_found_in_its_line(path: Path, line: int) -> None:
    assert Places(TEXT).line(path) == line


def test_the_sample_is_toml() -> None:
    assert tomllib.loads(TEXT)["queues"]["billing"]["steps"][1] == [1, "]", 2]


def test_a_path_is_spelt_as_people_read_it() -> None:
    assert spelt(("queues", "billing", "steps", 1, "after")) == "queues.billing.steps[1].after"
    assert spelt(("requirement", "product:fiber")) == 'requirement."product:fiber"'
    assert spelt(()) == ""


keys = st.sampled_from(["a", "b_", "c d", "e.f", '"', "", "é"])
scalars = st.text("\"'\\\n\r#[]{}=,. a\x7f", max_size=8) | st.booleans() | st.integers(-9, 9)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=2),
    max_leaves=5,
)
tables = st.dictionaries(keys, values, max_size=3)
documents = st.dictionaries(keys, values | st.lists(tables, min_size=1, max_size=2), max_size=4)


@settings(max_examples=100)
@given(documents)
def test_every_value_stands_where_it_is_said_to(document: dict[str, Any]) -> None:
    text = render(document)
    found: dict[str, Any] = {}
    for statement in Places(text).statements:
        match statement:
            case Pair():
                one = tomllib.loads(f"x = {text[statement.value : statement.end]}")
                assert one["x"] == at(document, statement.path)
            case Header():
                assert text[statement.start : statement.end].startswith("[")
        found[str(statement.path)] = True
    assert {str(p) for p in plain(document, ())} <= found.keys()


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def plain(table: dict[str, Any], path: Path) -> Iterator[Path]:
    """Where scalars stand in tables: each has a statement of its own, but deep inside."""
    for name, value in table.items():
        if not isinstance(value, dict | list):
            yield (*path, name)
        elif isinstance(value, dict) and len(path) == 0:
            yield from plain(value, (*path, name))
