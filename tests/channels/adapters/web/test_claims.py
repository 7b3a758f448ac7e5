import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.adapters.web import BadToken, Claims, verify

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRET = "a secret of the shop, 32 bytes or more"
OLD_SECRET = "the secret that the shop had before now"


def sign(claims: Any, secret: str = SECRET, header: Any = None) -> str:
    """RFC 7515, by hand: so that the library is not its own witness."""
    head = part(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode())
    body = part(claims if isinstance(claims, bytes) else json.dumps(claims).encode())
    mac = hmac.digest(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256)
    return f"{head}.{body}.{part(mac)}"


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**others: Any) -> dict[str, Any]:
    return {"external_user_id": "rina-7", "exp": AT + 300} | others


def test_signed_token_tells_who_and_what() -> None:
    profile = {
        "name": "Rina",
        "value": 80,
        "tier": "gold",
        "propensity_to_leave": 0.25,
        "language": "id-ID",
        "territory": "Bandung",
        "email": "rina@example.com",
        "phone": "+6281200000001",
        "attributes": {"plan": "fiber", "lines": 2, "autopay": True, "note": None, "debt": 1.5},
    }
    token = sign(claims(iat=AT, nbf=AT, iss="shop", **profile))
    assert verify(token, [SECRET], NOW) == Claims(
        external_user_id="rina-7", exp=AT + 300, iat=AT, nbf=AT, **profile
    )


def test_old_secret_verifies_while_it_is_replaced() -> None:
    token = sign(claims(), OLD_SECRET)
    assert verify(token, [SECRET, OLD_SECRET], NOW).external_user_id == "rina-7"


@pytest.mark.parametrize(
    ("others", "fault"),
    [
        ({"exp": AT}, "has expired"),
        ({"exp": AT + 86_401}, "valid for longer than 24 hours"),
        ({"nbf": AT + 61}, "not valid yet"),
        ({"iat": AT + 61}, "signed in the future"),
        ({"iat": AT - 86_400}, "made for longer than 24 hours"),
        ({"exp": None}, r"\$\.exp"),
        ({"exp": "tomorrow"}, r"\$\.exp"),
        ({"external_user_id": ""}, r"\$\.external_user_id"),
        ({"external_user_id": "x" * 129}, r"\$\.external_user_id"),
        ({"external_user_id": "a\x00b"}, r"\$\.external_user_id"),
        ({"external_user_id": 7}, r"\$\.external_user_id"),
        ({"value": 101}, r"\$\.value"),
        ({"value": -1}, r"\$\.value"),
        ({"value": 1.5}, r"\$\.value"),
        ({"propensity_to_leave": 1.01}, r"\$\.propensity_to_leave"),
        ({"language": "not a tag"}, r"\$\.language"),
        ({"email": "nobody"}, r"\$\.email"),
        ({"phone": "0812"}, r"\$\.phone"),
        ({"name": "line\nbreak\x00"}, r"\$\.name"),
        ({"attributes": {"deep": {}}}, r"\$\.attributes"),
        ({"attributes": {"big": 2**63}}, r"\$\.attributes"),
        ({"attributes": {str(n): n for n in range(51)}}, r"\$\.attributes"),
    ],
)
def test_claim_that_is_not_as_it_must_be_is_named(others: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadToken, match=fault):
        verify(sign(claims(**others)), [SECRET], NOW)


@pytest.mark.parametrize(
    ("others", "now"),
    [
        ({"exp": AT + 86_400}, NOW),
        ({"exp": AT + 1}, NOW),
        ({"nbf": AT + 60, "iat": AT + 60}, NOW),
        ({"exp": AT + 300.5}, NOW + timedelta(seconds=300)),
    ],
)
def test_edge_of_what_is_allowed(others: dict[str, Any], now: datetime) -> None:
    assert verify(sign(claims(**others)), [SECRET], now).external_user_id == "rina-7"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS512"},
        {"alg": "hs256"},
        {"alg": "RS256"},
        {"typ": "JWT"},
        {"alg": "HS256", "crit": ["exp"]},
        {"alg": "HS256", "b64": False, "crit": ["b64"]},
    ],
)
def test_no_other_algorithm_than_ours(header: dict[str, Any]) -> None:
    with pytest.raises(BadToken, match="no token signed with HS256"):
        verify(sign(claims(), header=header), [SECRET], NOW)


def test_unsigned_token_is_refused() -> None:
    head, body, _ = sign(claims(), header={"alg": "none"}).split(".")
    with pytest.raises(BadToken, match="no token signed with HS256"):
        verify(f"{head}.{body}.", [SECRET], NOW)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        verify(token, [SECRET], NOW)


def test_token_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(BadToken, match="longer than 16384"):
        verify(sign(claims(note="x" * 16_384)), [SECRET], NOW)


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{", b'{"exp":NaN}', b"\xff"])
def test_signed_payload_that_is_no_claims_is_refused(payload: bytes) -> None:
    with pytest.raises(BadToken, match="not as it must be"):
        verify(sign(payload), [SECRET], NOW)


@pytest.mark.parametrize(
    ("secrets", "fault"),
    [
        ([], "no secret"),
        (["another secret, as long as it has to be"], "not by a secret of this connection"),
        ([""], "cannot be used"),
        (["short"], "cannot be used"),
    ],
)
def test_secrets_that_do_not_fit(secrets: list[str], fault: str) -> None:
    with pytest.raises(BadToken, match=fault):
        verify(sign(claims()), secrets, NOW)


def test_short_secret_is_refused_even_for_what_it_has_signed() -> None:
    with pytest.raises(BadToken, match="cannot be used"):
        verify(sign(claims(), "short"), ["short"], NOW)


@given(st.data())
def test_no_byte_of_a_token_may_be_another(data: st.DataObject) -> None:
    token = sign(claims())
    place = data.draw(st.integers(0, len(token) - 2))  # the last character has unused bits
    other = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda c: c != token[place]))
    with pytest.raises(BadToken):
        verify(token[:place] + other + token[place + 1 :], [SECRET], NOW)


@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(BadToken, match=r"\w"):
        verify(text, [SECRET], NOW)
