"""Secrets that prove who calls: 256 random bits, shown once, kept as their SHA-256 only.

The prefix says what kind it is, so that a leaked one is recognised, and each is read in one place.
"""

import hashlib
import re
import secrets
from typing import Literal

Prefix = Literal["ccs_", "cck_", "ccv_", "ccr_"]
"""Of a staff session, an API key, a visitor session, and a link that sets a password."""

_FORM = re.compile(r"cc[skvr]_[A-Za-z0-9_-]{43}")


def issue(prefix: Prefix) -> str:
    """A new secret: the prefix and 43 url-safe characters."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept of a secret: SHA-256 (32 bytes) of its whole text, prefix included."""
    return hashlib.sha256(token.encode()).digest()


def well_formed(token: str) -> bool:
    """Whether it could be one of ours: what could not is refused without asking anybody."""
    return _FORM.fullmatch(token) is not None
