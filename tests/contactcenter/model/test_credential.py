import re

import pytest

from contactcenter.model.credential import digest, issue, well_formed


def test_a_secret_is_its_prefix_and_256_random_bits() -> None:
    secrets = {issue("cck_") for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch(r"cck_[A-Za-z0-9_-]{43}", s) for s in secrets)


def test_what_is_issued_is_well_formed() -> None:
    assert all(well_formed(issue(prefix)) for prefix in ("ccs_", "cck_", "ccv_", "ccr_"))


@pytest.mark.parametrize(
    "token",
    ["", "cck_", "ccx_" + "a" * 43, "cck_" + "a" * 42, "cck_" + "a" * 44, "cck_" + "é" * 43],
)
def test_what_could_not_be_ours_is_not(token: str) -> None:
    assert not well_formed(token)


def test_a_digest_is_the_sha256_of_the_whole_text() -> None:
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest("abc").hex() == expected
