from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contactcenter.errors import BadInput
from contactcenter.model.person import Abilities, Login, Name, Word, locked_until
from contactcenter.model.rulebook import Published

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(4, None), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (1_000_000, 900)],
)
def test_each_wrong_password_after_the_fifth_locks_for_twice_as_long(
    failures: int, seconds: int | None
) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert locked_until(failures, NOW) == expected


@pytest.mark.parametrize("login", ["a", "ayu", "ayu.w@care.example", "0-_+.@", "a" * 64])
def test_a_login(login: str) -> None:
    assert msgspec.convert(login, Login) == login


@pytest.mark.parametrize("login", ["", "Ayu", ".a", "a b", "a\n", "a\x00", "ä", "a" * 65])
def test_no_login(login: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(login, Login)


@pytest.mark.parametrize("name", ["A", "Ayu Wulandari", "李雷", "a" * 100])
def test_a_name(name: str) -> None:
    assert msgspec.convert(name, Name) == name


@pytest.mark.parametrize("name", ["", "a\n", "a\x00b", "\x7f", "a" * 101])
def test_no_name(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(name, Name)


@pytest.mark.parametrize("word", ["", "a b", "a\n", "\x00", "a" * 65])
def test_no_word(word: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(word, Word)


def test_abilities_that_the_rulebook_knows_pass(book: Published) -> None:
    Abilities(queues=["care", "fiber"], ceilings={"web": 2}).check(book.rules)


def test_an_unknown_queue_is_refused_with_its_place(book: Published) -> None:
    with pytest.raises(BadInput) as refused:
        Abilities(queues=["care", "cafe"]).check(book.rules)
    assert (refused.value.code, refused.value.pointer) == ("unknown-queue", "/queues/1")


def test_an_unknown_channel_is_refused_with_its_place(book: Published) -> None:
    with pytest.raises(BadInput) as refused:
        Abilities(ceilings={"web": 1, "a/b~c": 1}).check(book.rules)
    assert (refused.value.code, refused.value.pointer) == ("unknown-channel", "/ceilings/a~1b~0c")
