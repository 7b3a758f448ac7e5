from typing import Any

import msgspec

from contactcenter.model.changes import changes
from contactcenter.model.rulebook import Published


def words(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [f"{change.path}: {change.words}" for change in changes(before, after)]


def test_what_differs_is_told_by_path_in_the_order_of_the_rules() -> None:
    before = {"queues": {"a": {"target_s": 1}, "b": {"x": "y"}}, "entry": [{"q": 1}, {"q": 2}]}
    after = {"queues": {"a": {"target_s": 2}, "c d": {"x": "y"}}, "entry": [{"q": 3}], "n": [1]}
    assert words(before, after) == [
        "queues.a.target_s: now 2; it was 1",
        'queues.b: gone; it was { x = "y" }',
        'queues."c d": new: { x = "y" }',
        "entry[0].q: now 3; it was 1",
        "entry[1]: gone; it was { q = 2 }",
        "n: new: [1]",
    ]


def test_a_default_that_is_written_down_changes_nothing(book: Published) -> None:
    rules = msgspec.to_builtins(book.rules)
    short = {**rules, "queues": {n: dict(q) for n, q in rules["queues"].items()}}
    del short["matching"]
    assert short["queues"]["care"].pop("head_start_s") == 0
    assert words(short, rules) == []
    assert words(rules, short) == []
