"""Customers, as staff see and edit them; bots with the scope see a part."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from contactcenter.actions.block_identity import block_identity, unblock_identity
from contactcenter.actions.edit_customer import Edit, edit_customer
from contactcenter.actions.mark_spam import mark_spam, unmark_spam
from contactcenter.actions.start_conversation import Start, Started, start_conversation
from contactcenter.actions.tag import tag_customer
from contactcenter.api.access import STAFF, who
from contactcenter.api.paging import END, Id, Limit, Place, TagInPath
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, Forbidden
from contactcenter.model.caller import Actor, Caller
from contactcenter.model.rulebook import Published
from contactcenter.record import profile, timeline
from contactcenter.record.profile import Customer360, Customers, Profile
from contactcenter.record.tags import Tags, with_tag, without_tag
from contactcenter.record.timeline import Conversations, Interactions

SUPERVISORS_ONLY = ("value", "tier", "territory")

Name = Annotated[str | None, QueryParameter(min_length=2, max_length=200, pattern=r"^[^\x00]*$")]
Key = Annotated[str | None, QueryParameter(max_length=600, pattern=r"^[a-z][a-z0-9_]*:[^\x00]+$")]


class BareProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What bots may know of a customer: not their value, tier, and propensity to leave."""

    name: str | None
    language: str | None
    territory: str | None
    attributes: dict[str, Any]
    tags: list[str]
    spam_at: datetime | None
    created_at: datetime


class BareCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """`merged_from`: the id that was asked for, where it was merged into this one."""

    id: int
    merged_from: int | None
    profile: BareProfile


class Edited(msgspec.Struct, frozen=True):
    """The customer as they are now; `id` is who a merged one is known as."""

    id: int
    profile: Profile


class Marked(msgspec.Struct, frozen=True):
    """Since when."""

    spam_at: datetime


class Blocked(msgspec.Struct, frozen=True):
    """Since when."""

    blocked_at: datetime


@get(
    "/v1/customers",
    opt=who(*STAFF) | refuses("422 one-of-two"),
    tags=["customers"],
    operation_id="FindCustomers",
)
async def find(
    database: NamedDependency[Database],
    q: Name = None,
    identity: Key = None,
    after: Place = 0,
    limit: Limit = 50,
) -> Customers:
    """Find customers by the beginning of their name (`q`), or by an identity (`scheme:value`).

    Whoever was merged is found as the customer they are known as now. Ask again with `next` as
    `after` for the following page.
    """
    if (q is None) == (identity is None):
        detail = "Say either `q` (how the name begins) or `identity` (scheme:value)."
        raise BadInput(detail, code="one-of-two", pointer="/q")
    async with database.snapshot() as tx:
        if q is not None:
            return await profile.find_by_name(tx, q, after, limit)
        scheme, _, value = (identity or "").partition(":")
        return await profile.find_by_identity(tx, scheme, value, after, limit)


@get(
    "/v1/customers/{customer:int}",
    opt=who(*STAFF, "bot", scope="customers:read"),
    tags=["customers"],
    operation_id="ReadCustomer",
)
async def read(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    customer: Id,
    limit: Limit = 20,
) -> Customer360 | BareCustomer:
    """Everything about a customer.

    Profile, identities, who was merged into them, the open conversation with its work, the last
    `limit` conversations, and counts.

    The id of a merged customer is answered with the one they are known as now, and `merged_from`
    says so. API keys get the profile without value, tier and propensity to leave.
    """
    async with database.snapshot() as tx:
        if caller.kind != "bot":
            return await profile.read_360(tx, customer, limit)
        root = await profile.read_root(tx, customer)
    return BareCustomer(
        id=root.id,
        merged_from=customer if customer != root.id else None,
        profile=msgspec.convert(root, BareProfile, from_attributes=True),
    )


@get(
    "/v1/customers/{customer:int}/conversations",
    opt=who(*STAFF),
    tags=["customers"],
    operation_id="ReadCustomerConversations",
)
async def conversations(
    database: NamedDependency[Database], customer: Id, before: Place = END, limit: Limit = 50
) -> Conversations:
    """A customer's conversations, newest first; `next` is the `before` of the following page."""
    async with database.snapshot() as tx:
        root = await profile.read_root(tx, customer)
        return await timeline.read_conversations(tx, root.id, before, limit)


@get(
    "/v1/customers/{customer:int}/timeline",
    opt=who(*STAFF),
    tags=["customers"],
    operation_id="ReadTimeline",
)
async def read_timeline(
    database: NamedDependency[Database], customer: Id, before: Place = END, limit: Limit = 50
) -> Interactions:
    """All that was said with a customer and those merged into them, on every channel, newest first.

    In the order of `position`; `next` is the `before` of the following page.
    """
    async with database.snapshot() as tx:
        root = await profile.read_root(tx, customer)
        return await timeline.read_timeline(tx, root.id, before, limit)


@patch(
    "/v1/customers/{customer:int}",
    opt=who(*STAFF)
    | refuses("409 edited-meanwhile", "422 unknown-tier", "422 too-many-attributes"),
    tags=["customers"],
    operation_id="EditCustomer",
)
async def edit(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    customer: Id,
    data: JSONBody[Edit],
) -> Edited:
    """Change the given fields; null clears one, and `attributes` are merged key by key.

    Say in `expected` what the fields held when you read them: where one holds something else by
    now, nothing is changed (409, `edited-meanwhile`) and the answer says what it holds. A field
    that is not in `expected` is overwritten.

    Value, tier and territory are for supervisors and administrators. Work that already waits
    keeps its place whatever is changed here: the place is fixed on arrival.
    """
    if caller.kind == "agent":
        for field in SUPERVISORS_ONLY:
            if field in data.given():
                detail = f"Supervisors and administrators change a customer's {field}."
                raise Forbidden(detail, code="not-your-role", pointer=f"/{field}")
    after = await database.run(lambda tx: edit_customer(tx, customer, data, actor, book.rules, now))
    return Edited(after.id, profile.profile(after))


@put(
    "/v1/customers/{customer:int}/tags/{tag:str}",
    opt=who(*STAFF) | refuses("409 too-many-tags"),
    tags=["customers"],
    operation_id="TagCustomer",
)
async def tag(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
    tag: TagInPath,
) -> Tags:
    """Put a tag on a customer; returns all that they have."""
    change = partial(with_tag, tag=tag)
    return Tags(await database.run(lambda tx: tag_customer(tx, customer, change, actor, now)))


@delete(
    "/v1/customers/{customer:int}/tags/{tag:str}",
    opt=who(*STAFF),
    tags=["customers"],
    operation_id="UntagCustomer",
)
async def untag(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
    tag: TagInPath,
) -> None:
    """Take a tag from a customer, if they have it."""
    change = partial(without_tag, tag=tag)
    await database.run(lambda tx: tag_customer(tx, customer, change, actor, now))


@put(
    "/v1/customers/{customer:int}/spam",
    opt=who(*STAFF) | refuses("409 not-yours", "409 item-changed"),
    tags=["customers"],
    operation_id="MarkSpam",
)
async def spam(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
) -> Marked:
    """Mark a customer as spam: the work on them ends, and the open conversation closes.

    What they send from then on is kept, and makes no work. Where another agent has the work, an
    agent is refused (409, `not-yours`); supervisors are not.
    """
    others = caller.kind != "agent"
    return Marked(
        await database.run(lambda tx: mark_spam(tx, customer, actor, now, others_work=others))
    )


@delete(
    "/v1/customers/{customer:int}/spam",
    opt=who(*STAFF),
    tags=["customers"],
    operation_id="UnmarkSpam",
)
async def not_spam(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    customer: Id,
) -> None:
    """Take the mark away. What the customer has said meanwhile is queued for an agent."""
    await database.run(lambda tx: unmark_spam(tx, customer, actor, book, now))


@put(
    "/v1/customers/{customer:int}/identities/{identity:int}/block",
    opt=who(*STAFF),
    tags=["customers"],
    operation_id="BlockIdentity",
)
async def block(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
    identity: Id,
) -> Blocked:
    """Refuse what comes from this identity from now on."""
    return Blocked(
        await database.run(lambda tx: block_identity(tx, customer, identity, actor, now))
    )


@delete(
    "/v1/customers/{customer:int}/identities/{identity:int}/block",
    opt=who(*STAFF),
    tags=["customers"],
    operation_id="UnblockIdentity",
)
async def unblock(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
    identity: Id,
) -> None:
    """Take again what comes from this identity."""
    await database.run(lambda tx: unblock_identity(tx, customer, identity, actor, now))


@post(
    "/v1/customers/{customer:int}/conversations",
    opt=who(*STAFF)
    | refuses(
        "403 not-an-agent",
        "409 conversation-open",
        "409 unreachable",
        "409 at-capacity",
        "409 agent-offline",
        "409 spam",
        "422 unknown-queue",
    ),
    tags=["customers"],
    operation_id="StartConversation",
)
async def start(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    customer: Id,
    data: JSONBody[Start],
) -> Started:
    """Write to a customer with whom no conversation is open; the work is yours.

    They are reached by what they wrote with last, or by the `identity` or `channel` you name.
    Refused (409): `conversation-open` (and which), `unreachable` (and why), `at-capacity`,
    `agent-offline`, `spam`.
    """
    return await database.run(lambda tx: start_conversation(tx, customer, data, actor, book, now))


ROUTES = [
    find,
    read,
    conversations,
    read_timeline,
    edit,
    tag,
    untag,
    spam,
    not_spam,
    block,
    unblock,
    start,
]
