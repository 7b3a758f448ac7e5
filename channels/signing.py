"""Standard Webhooks: how what we send is signed, and how a receiver finds out that it was us.

Specification: github.com/standard-webhooks/standard-webhooks, symmetric signatures (`v1`). What is
signed is `<webhook-id>.<webhook-timestamp>.<raw body>`, by HMAC-SHA256 under the secret's bytes;
the secret is written as `whsec_` and base64. While a secret is being replaced, both sign: the
header holds their signatures with a space between, and one that fits is enough.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)


class BadSecret(Exception):  # noqa: N818 -- what it is
    """Text that is no secret: not `whsec_` and base64."""


class BadSignature(Exception):  # noqa: N818 -- what it is
    """What came was not signed with our secrets, or not now. The message says which."""


def secret_of(key: bytes) -> str:
    """The text of a secret of these bytes; the specification asks for 24 to 64."""
    return PREFIX + b64encode(key).decode()


def sign(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message sent at that time (whole seconds count). `BadSecret`."""
    timestamp = str(int(at.timestamp()))
    signatures = [_signature(secret, message_id, timestamp, body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def verify(
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> None:
    """Raise `BadSignature` unless one of the secrets signed this, at most `tolerance` from now.

    `headers` by names in lower case; `body` as it came, before anything has parsed it. A receiver
    keeps the `webhook-id`s of what it has taken: the same may come again.
    """
    try:
        message_id, timestamp, given = (
            headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")
        )
        sent_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise BadSignature("A webhook header is missing or malformed.") from error
    if abs(now - sent_at) > tolerance:
        raise BadSignature("The message was signed at another time.")
    expected = [_signature(secret, message_id, timestamp, body).encode() for secret in secrets]
    found = [
        hmac.compare_digest(signature, candidate.encode())
        for candidate in given.split(" ")
        for signature in expected
    ]
    if not any(found):
        raise BadSignature("No signature fits.")


def _signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise BadSecret(f"A secret begins with {PREFIX}.")
    try:
        return b64decode(secret.removeprefix(PREFIX), validate=True)
    except NotBase64 as error:
        raise BadSecret(f"A secret is {PREFIX} and base64.") from error
