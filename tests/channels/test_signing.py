import hashlib
import hmac
import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from channels.signing import BadSecret, BadSignature, secret_of, sign, verify

KEY = bytes(range(24))
OTHER = bytes(range(24, 48))
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
AT = datetime(2026, 3, 1, 12, 0, 0, 900_000, UTC)
BODY = '{"type":"item.done","text":"grüß"}'.encode()


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The specification by hand: the inner and the outer hash of HMAC (RFC 2104)."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(
        bytes(b ^ 0x36 for b in padded) + f"{message_id}.{timestamp}.".encode() + body
    )
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner.digest())
    return "v1," + b64encode(outer.digest()).decode()


def test_a_secret_is_written_with_its_prefix() -> None:
    assert secret_of(KEY) == SECRET


def test_what_is_signed_is_id_whole_seconds_and_body() -> None:
    assert sign([SECRET], "evt_7", AT, BODY) == {
        "webhook-id": "evt_7",
        "webhook-timestamp": "1772366400",
        "webhook-signature": signature(KEY, "evt_7", 1772366400, BODY),
    }


def test_while_a_secret_is_replaced_both_sign() -> None:
    signed = sign([SECRET, secret_of(OTHER)], "evt_7", AT, BODY)
    assert signed["webhook-signature"].split(" ") == [
        signature(KEY, "evt_7", 1772366400, BODY),
        signature(OTHER, "evt_7", 1772366400, BODY),
    ]


@pytest.mark.parametrize("known", [[SECRET], [secret_of(OTHER)], [secret_of(b"x" * 24), SECRET]])
def test_a_receiver_needs_one_of_the_secrets(known: list[str]) -> None:
    verify(known, sign([SECRET, secret_of(OTHER)], "evt_7", AT, BODY), BODY, AT)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_8"},
        {"webhook-timestamp": "1772366401"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,grüß"},
        {"webhook-signature": signature(KEY, "evt_7", 1772366400, BODY).replace("v1", "v2")},
        {"webhook-timestamp": "noon"},
        {"webhook-timestamp": "9" * 30},
    ],
)
def test_what_was_changed_on_the_way_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify([SECRET], sign([SECRET], "evt_7", AT, BODY) | change, BODY, AT)


def test_another_body_is_refused() -> None:
    with pytest.raises(BadSignature, match="No signature fits"):
        verify([SECRET], sign([SECRET], "evt_7", AT, BODY), BODY + b" ", AT)


def test_a_missing_header_is_refused() -> None:
    with pytest.raises(BadSignature, match="missing"):
        verify([SECRET], {}, BODY, AT)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_are_tolerated_both_ways(seconds: int) -> None:
    at = AT.replace(microsecond=0)
    verify([SECRET], sign([SECRET], "evt_7", at, BODY), BODY, at + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_more_than_five_minutes_are_not(seconds: int) -> None:
    at = AT.replace(microsecond=0)
    with pytest.raises(BadSignature, match="another time"):
        verify([SECRET], sign([SECRET], "evt_7", at, BODY), BODY, at + timedelta(seconds=seconds))


@pytest.mark.parametrize("secret", ["AAECAwQF", "whsec_not base64", "whsec_AAE"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(BadSecret):
        sign([secret], "evt_7", AT, BODY)


class _Vector(msgspec.Struct):
    secret: str
    header: dict[str, str]
    body_utf8: str
    valid: bool
    now: int


class _Vectors(msgspec.Struct):
    vectors: list[_Vector]


def test_the_published_vectors_are_judged_as_their_authors_do() -> None:
    folder = os.environ.get("CONTACTCENTER_PAYLOADS")
    if not folder:
        pytest.skip("CONTACTCENTER_PAYLOADS names no folder with published payloads")
    file = Path(folder, "signatures", "standard_webhooks.json")
    vectors = msgspec.json.decode(file.read_bytes(), type=_Vectors).vectors
    assert [_judge(v) for v in vectors] == [v.valid for v in vectors]


def _judge(vector: _Vector) -> bool:
    now = datetime.fromtimestamp(vector.now, UTC)
    try:
        verify([vector.secret], vector.header, vector.body_utf8.encode(), now)
    except BadSignature:
        return False
    return True


def test_the_hand_made_hmac_is_the_real_one() -> None:
    expected = b64encode(hmac.digest(KEY, b"evt_7.1." + BODY, "sha256")).decode()
    assert signature(KEY, "evt_7", 1, BODY) == f"v1,{expected}"
