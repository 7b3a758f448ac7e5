"""What an administrator does about webhooks: where they go, and to send again what was given up."""

from datetime import datetime, timedelta

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.caller import Actor
from contactcenter.model.webhook_sending import Receiver
from contactcenter.record.audit import audit

FORMER_SECRET_SIGNS = timedelta(hours=24)
"""How long the former secret signs beside the new one, so that a receiver can change over."""


class Webhook(msgspec.Struct, frozen=True):
    """Where a key's events are to go. The URL has passed the guard."""

    url: str
    secret: str


class _Receiver(msgspec.Struct, frozen=True):
    url: str | None
    revoked: bool
    secrets: list[str]


class _Event(msgspec.Struct, frozen=True):
    key: int
    conversation: int
    number: int


async def configure(tx: Tx, key: int, webhook: Webhook, by: Actor, now: datetime) -> None:
    """Send the key's events there from now on, signed with this secret. `NotFound`.

    What was not delivered yet goes there too, at once.
    """
    args = key, webhook.url, webhook.secret, now + FORMER_SECRET_SIGNS
    if await tx.maybe(int, "webhooks.configure", *args) is None:
        raise _no_key(key)
    await tx.do("webhooks.hurry", key, now)
    await audit(tx, by, "webhook.configure", "key", key, now)


async def remove(tx: Tx, key: int, by: Actor, now: datetime) -> None:
    """Send the key nothing any more. What was not delivered is kept for the next webhook."""
    if await tx.maybe(int, "webhooks.remove", key) is None:
        raise _no_key(key)
    await audit(tx, by, "webhook.remove", "key", key, now)


async def redeliver(tx: Tx, event: int, by: Actor, now: datetime) -> None:
    """Send an event again that was given up: it comes before all that is pending in its stream.

    `NotFound`; `Conflict` where it was not given up, or nobody would take it.
    """
    if await tx.maybe(int, "webhooks.lock_stream", event) is None:
        raise NotFound(f"There is no webhook event {event}.")
    found = await tx.one(_Event, "webhooks.by_id", event)
    await receiver(tx, found.key, now)
    if await tx.maybe(int, "webhooks.unpark", event, now) is None:
        detail = "Only an event that was given up (parked) is sent again by hand."
        raise Conflict(detail, code="not-parked")
    await tx.do("webhooks.put_first", event, now)
    await audit(tx, by, "webhook.redeliver", "webhook_event", event, now)


async def receiver(tx: Tx, key: int, now: datetime) -> Receiver:
    """Where the key's events go. `NotFound`; `Conflict` where it has no webhook or is revoked."""
    found = await tx.maybe(_Receiver, "webhooks.receiver", key, now)
    if found is None:
        raise _no_key(key)
    if found.revoked or found.url is None:
        detail = "The key is revoked." if found.revoked else "The key has no webhook."
        raise Conflict(detail, code="no-webhook")
    return Receiver(found.url, found.secrets)


def _no_key(key: int) -> NotFound:
    return NotFound(f"There is no API key {key}, or it is revoked.")
