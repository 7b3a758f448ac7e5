"""What is written reads as what it was."""

import tomllib

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcenter.model.rulebook import Published, parse
from contactcenter.model.toml.render import render

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = texts | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
tables = st.recursive(
    st.dictionaries(texts, scalars | st.lists(scalars)),
    lambda inner: st.dictionaries(texts, inner | st.lists(inner, min_size=1) | scalars),
)


def test_a_rulebook_reads_as_what_it_was(book: Published) -> None:
    assert parse(render(msgspec.to_builtins(book.rules))) == book.rules


@settings(max_examples=40)
@given(tables)
def test_any_document_reads_as_what_it_was(document: dict[str, object]) -> None:
    assert tomllib.loads(render(document)) == document


def test_what_is_none_is_left_out() -> None:
    assert render({"a": None, "b": 1}) == "b = 1\n"


def test_a_tuple_is_written_as_the_list_that_it_was() -> None:
    document = {"days": ({"hours": ("08:00-12:00",)},), "holidays": ()}
    assert tomllib.loads(render(document)) == {
        "days": [{"hours": ["08:00-12:00"]}],
        "holidays": [],
    }
