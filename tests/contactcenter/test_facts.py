from datetime import UTC, datetime

import msgspec
import pytest

from contactcenter import facts
from contactcenter.facts import KeyRevoked, Unknown

AT = "2026-11-21T10:00:00Z"
REVOKED = KeyRevoked(at=datetime(2026, 11, 21, 10, tzinfo=UTC), key=7)


def test_what_is_known_is_read_and_what_a_later_version_adds_to_it_is_left_out() -> None:
    written = {"fact": "KeyRevoked", "at": AT, "key": 7, "colour": "red"}
    assert facts.read(written) == REVOKED
    assert facts.decode(msgspec.json.encode(written)) == REVOKED


@pytest.mark.parametrize(
    "written",
    [
        {"fact": "MoonRisen", "at": AT},
        {
            "fact": "ConversationClosed",
            "at": AT,
            "conversation": 1,
            "customer": 1,
            "reason": "moon",
        },
        {"fact": "KeyRevoked", "at": AT, "key": "seven"},
    ],
)
def test_what_cannot_be_read_has_its_name_and_says_why(written: dict[str, object]) -> None:
    for read in (facts.read(written), facts.decode(msgspec.json.encode(written))):
        assert isinstance(read, Unknown)
        assert read.name == written["fact"]
        assert read.why


def test_what_is_no_json_is_a_defect() -> None:
    with pytest.raises(msgspec.DecodeError):
        facts.decode(b"{")
