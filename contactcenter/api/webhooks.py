"""Administrators say where a bot is told what happens, try it, and send again what was given up."""

import secrets
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from channels.address import URL_LENGTH_MAX, AddressRefused
from channels.signing import secret_of
from channels.transport import Transport, Unanswered
from contactcenter.actions.webhook_settings import (
    FORMER_SECRET_SIGNS,
    Webhook,
    configure,
    receiver,
    redeliver,
    remove,
)
from contactcenter.api.access import Actor, who
from contactcenter.api.paging import END, Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.errors import BadInput
from contactcenter.live.webhook_call import call
from contactcenter.model.webhook_event import Body, Type

SECRET_BYTES = 32

State = Literal["pending", "delivered", "parked"]


class NewWebhook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`url`: https, and to a public address, unless an operator has allowed its host."""

    url: Annotated[str, msgspec.Meta(min_length=1, max_length=URL_LENGTH_MAX)]


class WebhookSecret(msgspec.Struct, frozen=True):
    """The URL in its one spelling, and the secret: shown this once.

    `former_secret_signs_s`: for so long a secret that was there before signs as well.
    """

    url: str
    secret: str
    former_secret_signs_s: int


class Trial(msgspec.Struct, frozen=True):
    """How the test went: the receiver's `status`, or why there was no answer."""

    delivered: bool
    status: int | None
    error: str | None


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event without what was said in it; `id` is in its `webhook-id`."""

    id: int
    key: int
    conversation: int
    number: int
    type: Type
    at: datetime
    state: State
    attempts: int
    pending_since: datetime
    delivered_at: datetime | None
    last_error: str | None


class WebhookEvents(msgspec.Struct, frozen=True):
    """In the order in which they were made; `next` as `after` gives the next page."""

    items: list[WebhookEvent]
    next: int | None


@put(
    "/v1/keys/{key:int}/webhook",
    opt=who("administrator") | refuses("422 webhook-refused"),
    tags=["webhooks"],
    operation_id="ConfigureWebhook",
)
async def put_webhook(
    database: NamedDependency[Database],
    transport: NamedDependency[Transport],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    key: Id,
    data: JSONBody[NewWebhook],
) -> WebhookSecret:
    """Tell the key's bot by signed webhook (Standard Webhooks) what happens in its conversations.

    Each call makes a new secret, which is in this answer and nowhere else. The former one signs as
    well for a day, so that a receiver can change over. What waits is sent to the new URL at once.
    """
    try:
        url = await transport.check(data.url)
    except (AddressRefused, Unanswered) as error:
        raise BadInput(str(error), code="webhook-refused", pointer="/url") from error
    webhook = Webhook(url, secret_of(secrets.token_bytes(SECRET_BYTES)))
    await database.run(lambda tx: configure(tx, key, webhook, actor, now))
    return WebhookSecret(url, webhook.secret, int(FORMER_SECRET_SIGNS.total_seconds()))


@delete(
    "/v1/keys/{key:int}/webhook",
    opt=who("administrator"),
    tags=["webhooks"],
    operation_id="RemoveWebhook",
)
async def delete_webhook(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    key: Id,
) -> None:
    """Tell the key's bot nothing any more. What waits is kept until there is a webhook again."""
    await database.run(lambda tx: remove(tx, key, actor, now))


@post(
    "/v1/keys/{key:int}/webhook/test",
    opt=who("administrator") | refuses("409 no-webhook"),
    tags=["webhooks"],
    operation_id="TestWebhook",
    status_code=200,
)
async def test_webhook(
    database: NamedDependency[Database],
    transport: NamedDependency[Transport],
    now: NamedDependency[datetime],
    key: Id,
) -> Trial:
    """Send the bot an event of type `webhook.test` now, once, and say what came back."""
    async with database.snapshot() as tx:
        to = await receiver(tx, key, now)
    body = msgspec.json.encode(Body("webhook.test", now, 0, 0))
    answer = await call(transport, to, f"test_{secrets.token_hex(8)}", body, now)
    return Trial(answer.arrived, answer.status, answer.error)


@get(
    "/v1/webhook-events",
    opt=who("administrator"),
    tags=["webhooks"],
    operation_id="ReadWebhookEvents",
)
async def read_events(
    database: NamedDependency[Database],
    in_state: Annotated[State, QueryParameter(name="state")] = "parked",
    key: Annotated[int | None, QueryParameter(ge=1, le=END)] = None,
    after: Place = 0,
    limit: Limit = 50,
) -> WebhookEvents:
    """Events of a state; `parked` are those that were given up after a day, or after a 410."""
    async with database.snapshot() as tx:
        found = await tx.many(WebhookEvent, "webhooks.by_state", in_state, after, key, limit + 1)
    return WebhookEvents(found[:limit], found[limit - 1].id if len(found) > limit else None)


@post(
    "/v1/webhook-events/{event:int}/redeliver",
    opt=who("administrator") | refuses("409 not-parked", "409 no-webhook"),
    tags=["webhooks"],
    operation_id="RedeliverWebhookEvent",
    status_code=202,
)
async def redeliver_event(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    event: Id,
) -> WebhookEvent:
    """Send an event that was given up again, before whatever waits in its conversation."""
    await database.run(lambda tx: redeliver(tx, event, actor, now))
    async with database.snapshot() as tx:
        return await tx.one(WebhookEvent, "webhooks.by_id", event)


ROUTES = [put_webhook, delete_webhook, test_webhook, read_events, redeliver_event]
