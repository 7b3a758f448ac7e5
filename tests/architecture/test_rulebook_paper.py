"""`docs/rulebook.md` has every rule and every variable, and none that there is not."""

import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from contactcenter.model.condition import VARIABLES
from contactcenter.model.rulebook import Rulebook
from tests.architecture.tree import ROOT

PAPER = (ROOT / "docs" / "rulebook.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)$(.*?)(?=^##)", PAPER, re.MULTILINE | re.DOTALL))


def structs(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in get_args(kind):
        yield from structs(part)


def rules(kind: Any) -> Iterator[str]:
    for struct in structs(kind):
        for field in msgspec.structs.fields(struct):
            yield field.name
            yield from rules(field.type)


def test_every_section_is_there_in_the_order_of_the_code() -> None:
    assert list(SECTIONS) == [field.name for field in msgspec.structs.fields(Rulebook)]


def test_every_rule_of_a_section_is_told() -> None:
    for field in msgspec.structs.fields(Rulebook):
        told = set(re.findall(r"`(\w+)`", SECTIONS[field.name]))
        assert set(rules(field.type)) - told == set(), field.name


def test_no_rule_is_told_that_there_is_not() -> None:
    for field in msgspec.structs.fields(Rulebook):
        told = set(re.findall(r"^\| `(\w+)` \|", SECTIONS[field.name], re.MULTILINE))
        assert told - set(rules(field.type)) == set(), field.name


def test_every_variable_is_told_with_its_type() -> None:
    _, _, conditions = PAPER.partition("## Conditions")
    row = r"^\| `(\w+(?:\.\w+)?)` \| ([^|]+) \| (.+) \|$"
    told = re.findall(row, conditions, re.MULTILINE)
    assert told == [(name, v.type, v.words) for name, v in VARIABLES.items()]
