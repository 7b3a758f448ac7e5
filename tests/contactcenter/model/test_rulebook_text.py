import pytest

from contactcenter.errors import BadInput
from contactcenter.model.rulebook_text import TOML_CHARACTERS_MAX, read, refusal


def test_a_text_is_read_as_toml() -> None:
    assert read("[offers]\ncooldown_s = 5") == {"offers": {"cooldown_s": 5}}


@pytest.mark.parametrize(
    ("text", "line", "begins"),
    [
        ("a = 1\nb = ?", 2, "This is not valid TOML, at column 5"),
        ("a = [" * 100_000, 1, "It "),
        ("#" * (TOML_CHARACTERS_MAX + 1), 1, "It has more than"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, line: int, begins: str) -> None:
    with pytest.raises(BadInput) as refused:
        read(text)
    [fault] = refused.value.errors
    assert fault.line == line
    assert fault.message.startswith(begins)


def test_faults_are_told_in_the_order_of_their_lines() -> None:
    told = refusal([(("b",), "Second."), (("a",), "First.")], "a = 1\nb = 2")
    assert [(f.path, f.line, f.message) for f in told.errors] == [
        ("a", 1, "First."),
        ("b", 2, "Second."),
    ]
    assert told.detail == "The rulebook has 2 faults; the first in line 1: a: First."
