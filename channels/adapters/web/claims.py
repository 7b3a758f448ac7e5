"""The signed statement of a host (a website, an app) about the customer who uses it.

A JSON Web Token (RFC 7519) signed with HMAC-SHA-256 by a secret that only the host's server and we
have. The algorithm is ours to choose, never the token's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from jwt import PyJWS
from jwt.exceptions import InvalidKeyError, InvalidSignatureError, PyJWTError

ALGORITHM = "HS256"
TOKEN_BYTES_MAX = 16_384
LIFETIME_MAX = timedelta(hours=24)
CLOCK_SKEW = timedelta(seconds=60)
"""How far the host's clock may be ahead of ours where it says when it signed."""

_PLAIN = r"\A[^\x00]*\Z"
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_PLAIN)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=_PLAIN)]
_Value = Annotated[str, msgspec.Meta(max_length=1000, pattern=_PLAIN)]
_Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_Attributes = Annotated[
    dict[_Word, _Value | _Whole | float | bool | None], msgspec.Meta(max_length=50)
]
_Instant = Annotated[float, msgspec.Meta(ge=0, le=253_402_300_799)]  # RFC 7519: seconds since 1970


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What the host says; other claims than these are left alone.

    `value` 0 to 100; `propensity_to_leave` 0 to 1; `language` as in BCP 47; `phone` as in E.164.
    A claim that is missing says nothing: it does not empty what is known.
    """

    external_user_id: Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=_PLAIN)]
    exp: _Instant
    iat: _Instant | None = None
    nbf: _Instant | None = None
    name: _Text | None = None
    value: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    tier: _Word | None = None
    propensity_to_leave: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    language: (
        Annotated[
            str, msgspec.Meta(max_length=35, pattern=r"\A[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
        ]
        | None
    ) = None
    territory: _Word | None = None
    email: (
        Annotated[str, msgspec.Meta(max_length=254, pattern=r"\A[^@\s\x00]+@[^@\s\x00]+\Z")] | None
    ) = None
    phone: Annotated[str, msgspec.Meta(pattern=r"\A\+[1-9][0-9]{6,14}\Z")] | None = None
    attributes: _Attributes = {}


class BadToken(Exception):  # noqa: N818 -- the word that its reader looks for
    """The token proves nothing; the message says to the host's developer why not."""


def verify(token: str, secrets: Sequence[str], now: datetime) -> Claims:
    """The claims of a token that one of the secrets signed (several: while one is replaced).

    Raises `BadToken`. Secrets shorter than the hash (32 bytes) are refused, after RFC 7518, 3.2.
    """
    if len(token) > TOKEN_BYTES_MAX:
        raise BadToken(f"The token is longer than {TOKEN_BYTES_MAX} characters.")
    payload = _payload(token, secrets)
    try:
        claims = _decoder.decode(payload)
    except msgspec.MsgspecError as error:
        raise BadToken(f"A claim is not as it must be: {error}") from error
    _check_times(claims, now)
    return claims


_signatures = PyJWS(options={"enforce_minimum_key_length": True})
_decoder = msgspec.json.Decoder(Claims)


def _payload(token: str, secrets: Sequence[str]) -> bytes:
    reason = "This connection has no secret to verify a token with."
    for secret in secrets:
        try:
            return _signatures.decode(token, secret, algorithms=[ALGORITHM])  # pyright: ignore[reportUnknownMemberType]
        except InvalidSignatureError:
            reason = "The signature is not by a secret of this connection."
        except InvalidKeyError as error:
            reason = f"A secret of this connection cannot be used: {error}"
        except PyJWTError as error:
            raise BadToken(f"This is no token signed with {ALGORITHM}: {error}.") from error
    raise BadToken(reason)


def _check_times(claims: Claims, now: datetime) -> None:
    at, skew_s, lifetime_s = (
        now.timestamp(),
        CLOCK_SKEW.total_seconds(),
        LIFETIME_MAX.total_seconds(),
    )
    hours = lifetime_s / 3600
    if claims.exp <= at:
        raise BadToken("The token has expired (exp).")
    if claims.exp - at > lifetime_s:
        raise BadToken(f"The token is valid for longer than {hours:.0f} hours (exp).")
    if claims.nbf is not None and claims.nbf > at + skew_s:
        raise BadToken("The token is not valid yet (nbf).")
    if claims.iat is None:
        return
    if claims.iat > at + skew_s:
        raise BadToken("The token was signed in the future (iat).")
    if claims.exp - claims.iat > lifetime_s + skew_s:
        raise BadToken(f"The token was made for longer than {hours:.0f} hours (iat, exp).")
