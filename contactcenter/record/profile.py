"""Read customers: everything about one in a handful of statements, and many by what is known."""

from datetime import datetime
from typing import Any

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.customer import Customer
from contactcenter.record.case_reads import CaseShown
from contactcenter.record.reach import Reach, read_reach
from contactcenter.record.root import no_customer
from contactcenter.record.timeline import (
    Conversation,
    Conversations,
    LiveItem,
    read_conversations,
    read_live_item,
)

CASES_MAX = 20
"""So many of the last cases are shown beside a customer; the rest is paged."""
BIGINT_MAX = 2**63 - 1


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What staff know of a customer. `value` 0 to 100, `propensity_to_leave` 0 to 1."""

    name: str | None
    value: int
    tier: str | None
    propensity_to_leave: float
    language: str | None
    territory: str | None
    attributes: dict[str, Any]
    tags: list[str]
    spam_at: datetime | None
    created_at: datetime


class KnownBy(msgspec.Struct, frozen=True, kw_only=True):
    """An identity. `customer_id` is whose it was before any merge; `since` when we first met it."""

    id: int
    customer_id: int
    scheme: str
    scope: str
    value: str
    verified: bool
    since: datetime
    blocked_at: datetime | None


class MergedCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who is known as another now: into whom they were merged, when and by whom.

    `merged_at` and `merged_by` are null where they joined by signing in.
    """

    id: int
    name: str | None
    merged_into: int
    created_at: datetime
    merged_at: datetime | None
    merged_by: str | None


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """The open conversation and its work; no work where the customer is marked as spam."""

    conversation: Conversation
    item: LiveItem | None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many there are, of the customer and of all who were merged into them."""

    conversations: int
    open: int
    interactions: int


class Customer360(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one customer.

    `merged_from`: the id that was asked for, where that customer was merged into this one. `reach`:
    by what they have written to us, the latest first.
    """

    id: int
    merged_from: int | None
    profile: Profile
    identities: list[KnownBy]
    merged: list[MergedCustomer]
    reach: list[Reach]
    open: Open | None
    conversations: Conversations
    cases: list[CaseShown]
    counts: Counts


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A customer in a list."""

    id: int
    name: str | None
    value: int
    tier: str | None
    language: str | None
    territory: str | None
    tags: list[str]
    spam_at: datetime | None
    created_at: datetime
    open_conversation: int | None


class Customers(msgspec.Struct, frozen=True):
    """A page."""

    items: list[Found]
    next: int | None


async def read_root(tx: Tx, customer: int) -> Customer:
    """The customer at the end of this one's merges. `NotFound` where there is none."""
    found = await tx.maybe(Customer, "records.customer", customer)
    if found is None:
        raise no_customer(customer)
    return found


async def read_360(tx: Tx, customer: int, conversations: int) -> Customer360:
    """Everything about a customer, with that many of their last conversations."""
    root = await read_root(tx, customer)
    merged = await tx.many(MergedCustomer, "records.merged", root.id)
    family = [root.id, *(m.id for m in merged)]
    return Customer360(
        id=root.id,
        merged_from=customer if customer != root.id else None,
        profile=profile(root),
        identities=await tx.many(KnownBy, "records.identities", family),
        merged=merged,
        reach=await _read_reach(tx, root.id),
        open=await _read_open(tx, root.id),
        conversations=await read_conversations(tx, root.id, BIGINT_MAX, conversations),
        cases=await tx.many(CaseShown, "case_reads.of_customer", root.id, CASES_MAX),
        counts=await tx.one(Counts, "records.counts", root.id),
    )


def profile(customer: Customer) -> Profile:
    """What of a customer's row is shown to staff."""
    return msgspec.convert(customer, Profile, from_attributes=True)


async def find_by_identity(tx: Tx, scheme: str, value: str, after: int, limit: int) -> Customers:
    """Those who are known by this value, in whatever scope; by id, from `after` on."""
    rows = await tx.many(Found, "records.by_identity", scheme, value, after, limit + 1)
    return _customers(rows, limit)


async def find_by_name(tx: Tx, prefix: str, after: int, limit: int) -> Customers:
    """Those whose name begins so, whatever its case; by id, from `after` on."""
    rows = await tx.many(Found, "records.by_name", prefix, after, limit + 1)
    return _customers(rows, limit)


async def _read_reach(tx: Tx, root: int) -> list[Reach]:
    found = await read_reach(tx, root)
    return [msgspec.convert(each, Reach, from_attributes=True) for each in found]


async def _read_open(tx: Tx, root: int) -> Open | None:
    conversation = await tx.maybe(Conversation, "records.open_conversation", root)
    if conversation is None:
        return None
    return Open(conversation=conversation, item=await read_live_item(tx, conversation.id))


def _customers(rows: list[Found], limit: int) -> Customers:
    page = rows[:limit]
    return Customers(page, page[-1].id if len(rows) > limit else None)
