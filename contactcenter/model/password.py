"""Passwords: what is asked of one, and how it is kept (argon2id).

Hashing takes tens of milliseconds of a processor: call it in a thread, never in a transaction.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from contactcenter.errors import BadInput

LENGTH_MIN = 12
LENGTH_MAX = 200

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""What OWASP's password storage cheat sheet names first for argon2id; 19 MiB each."""


def check(password: str, pointer: str) -> None:
    """Raise `BadInput` for a password that is too short to be one, or longer than anybody types."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        detail = f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters."
        raise BadInput(detail, code="weak-password", pointer=pointer)


def hashed(password: str) -> str:
    """What is kept of a password, with its own salt and parameters."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is that password. Without one to compare with it is no, after the same work."""
    try:
        return _HASHER.verify(kept or _nobodys(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("")
