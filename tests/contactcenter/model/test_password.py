from typing import Any

import pytest

from contactcenter.errors import BadInput
from contactcenter.model import password


def test_a_password_matches_what_is_kept_of_it_and_no_other_does() -> None:
    kept = password.hashed("correct horse")
    assert password.matches(kept, "correct horse")
    assert not password.matches(kept, "correct house")


def test_what_is_kept_is_argon2id_with_a_salt_of_its_own() -> None:
    first, second = password.hashed("same"), password.hashed("same")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


@pytest.mark.parametrize("given", ["", "anything"])
def test_where_nothing_is_kept_nothing_matches(given: Any) -> None:
    assert not password.matches(None, given)


def test_what_is_kept_but_is_no_hash_matches_nothing() -> None:
    assert not password.matches("plain", "plain")


@pytest.mark.parametrize("length", [password.LENGTH_MIN, password.LENGTH_MAX])
def test_a_password_of_allowed_length_passes(length: int) -> None:
    password.check("x" * length, "/password")


@pytest.mark.parametrize("length", [0, password.LENGTH_MIN - 1, password.LENGTH_MAX + 1])
def test_a_password_of_another_length_is_refused_with_its_place(length: int) -> None:
    with pytest.raises(BadInput) as refused:
        password.check("x" * length, "/password")
    assert (refused.value.code, refused.value.pointer) == ("weak-password", "/password")
