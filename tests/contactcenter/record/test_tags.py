import pytest

from contactcenter.errors import Conflict
from contactcenter.record.tags import TAGS_MAX, with_tag, without_tag


def test_a_tag_is_there_once() -> None:
    assert with_tag(with_tag(["a"], "b"), "b") == ["a", "b"]


def test_a_tag_that_is_not_there_can_be_taken_away() -> None:
    assert without_tag(["a", "b"], "c") == ["a", "b"]


def test_there_is_room_for_so_many_tags() -> None:
    full = [f"t{n}" for n in range(TAGS_MAX)]

    with pytest.raises(Conflict) as refused:
        with_tag(full, "one more")

    assert (refused.value.code, with_tag(full, "t0")) == ("too-many-tags", full)
