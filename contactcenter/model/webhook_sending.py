"""Sending an event to a bot: what is sent, and what follows from the answer.

At least once and in order: an event is sent again, with growing delays, until the receiver answers
2xx, or it is given up ("parked"), and only then the next one of its conversation goes.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import msgspec

from contactcenter.model.webhook_event import Body, Gap, Type

RETRY_S = (1, 5, 20, 60, 180, 600, 1800, 3600)
"""Seconds after the first, second, ... failure; the last one repeats. A tenth more or less."""

RETRY_AFTER_MAX = timedelta(hours=1)
"""A receiver that asks for more time than this is asked again after this."""

PARK_AFTER = timedelta(hours=24)
"""An event that is not delivered for this long is given up at its next failure."""


class Receiver(msgspec.Struct, frozen=True):
    """Where a key's events go, and the secrets that sign them: more than one during a change."""

    url: str
    secrets: list[str]


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """An event that a process has claimed until `lease_until`, with all that sending it takes."""

    id: int
    api_key_id: int
    conversation_id: int
    number: int
    type: Type
    at: datetime
    data: dict[str, Any]
    interaction_id: int | None
    attempts: int
    pending_since: datetime
    delivered_number: int
    lease_until: datetime
    url: str
    secrets: list[str]

    @property
    def receiver(self) -> Receiver:
        """Where it goes."""
        return Receiver(self.url, self.secrets)

    @property
    def message_id(self) -> str:
        """The same in each attempt."""
        return f"evt_{self.id}"

    @property
    def body(self) -> bytes:
        """What is signed and sent."""
        missing = self.number - self.delivered_number - 1
        gap = Gap(self.delivered_number + 1, self.number - 1) if missing > 0 else None
        return msgspec.json.encode(
            Body(self.type, self.at, self.number, self.conversation_id, gap, self.data)
        )


class Answer(msgspec.Struct, frozen=True):
    """How one attempt ended: the receiver's status, or None and why there was no answer."""

    status: int | None
    error: str | None = None
    retry_after: str | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 -- HTTP's 2xx


class Outcome(msgspec.Struct, frozen=True):
    """What became of a claimed event. `due_at`: its next attempt, where it is still pending."""

    sending: Sending
    state: Literal["delivered", "pending", "parked"]
    at: datetime
    due_at: datetime
    error: str | None = None


def outcome(sending: Sending, answer: Answer, now: datetime) -> Outcome:
    """2xx is delivered, 410 is given up at once, all else is tried again until it is too old."""
    if answer.arrived:
        return Outcome(sending, "delivered", now, now)
    error = answer.error or f"The receiver answered with status {answer.status}."
    gone = answer.status == 410  # noqa: PLR2004 -- HTTP's Gone
    if gone or now - sending.pending_since >= PARK_AFTER:
        return Outcome(sending, "parked", now, now, error)
    wait = max(delay(sending.id, sending.attempts), asked(answer.retry_after, now))
    return Outcome(sending, "pending", now, now + wait, error)


def delay(event: int, failures: int) -> timedelta:
    """How long to wait after the failure that follows so many others.

    It differs a little from event to event, so that what failed together does not return together.
    """
    step = RETRY_S[min(failures, len(RETRY_S) - 1)]
    return timedelta(seconds=step * (0.9 + (event * 37 + failures * 11) % 100 / 500))


def asked(retry_after: str | None, now: datetime) -> timedelta:
    """How long a `Retry-After` asks us to wait, in seconds or until a date (RFC 9110), capped."""
    if retry_after is None:
        return timedelta()
    if retry_after.isascii() and retry_after.isdecimal():
        return min(timedelta(seconds=min(int(retry_after[:9]), 10**8)), RETRY_AFTER_MAX)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return timedelta()
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(), min(until - now, RETRY_AFTER_MAX))
