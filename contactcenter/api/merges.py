"""Staff join two customers who are one person, and part them again."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.dismiss_merge import dismiss_merge, recall_merge
from contactcenter.actions.merge import Merged, Unmerged, merge, unmerge
from contactcenter.api.access import Actor, who
from contactcenter.api.paging import Id
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.model.rulebook import Published
from contactcenter.record.profile import read_root
from contactcenter.record.suggestions import Suggestions, read_suggestions


class Into(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`into`: the customer that the other is known as from now on."""

    into: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


@post(
    "/v1/customers/{customer:int}/merge",
    opt=who("agent", "supervisor") | refuses("409 already-merged", "409 item-changed"),
    status_code=200,
    tags=["customers"],
    operation_id="MergeCustomer",
)
async def merge_customer(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    customer: Id,
    data: JSONBody[Into],
) -> Merged:
    """Make a customer known as another: one history, one open conversation.

    Nothing is renumbered, and `unmerge` takes it back.
    """
    return await database.run(lambda tx: merge(tx, customer, data.into, actor, book, now))


@post(
    "/v1/customers/{customer:int}/unmerge",
    opt=who("agent", "supervisor") | refuses("409 not-merged", "409 item-changed"),
    status_code=200,
    tags=["customers"],
    operation_id="UnmergeCustomer",
)
async def unmerge_customer(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
) -> Unmerged:
    """Part a merged customer from the one they are known as; their conversations go with them."""
    return await database.run(lambda tx: unmerge(tx, customer, actor, now))


@get(
    "/v1/customers/{customer:int}/merge-suggestions",
    opt=who("agent", "supervisor"),
    tags=["customers"],
    operation_id="ReadMergeSuggestions",
)
async def read_suggested(database: NamedDependency[Database], customer: Id) -> Suggestions:
    """Who may be the same person, the likeliest first, and why.

    Nobody is merged by that: compare, and then `merge`, or say that they are not the same.
    """
    async with database.snapshot() as tx:
        return await read_suggestions(tx, await read_root(tx, customer))


@put(
    "/v1/customers/{customer:int}/merge-suggestions/{other:int}/dismissal",
    opt=who("agent", "supervisor") | refuses("409 already-merged"),
    status_code=204,
    tags=["customers"],
    operation_id="DismissMergeSuggestion",
)
async def dismiss(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
    other: Id,
) -> None:
    """They are not the same person: neither is suggested for the other any more."""
    await database.run(lambda tx: dismiss_merge(tx, customer, other, actor, now))


@delete(
    "/v1/customers/{customer:int}/merge-suggestions/{other:int}/dismissal",
    opt=who("agent", "supervisor") | refuses("409 already-merged"),
    tags=["customers"],
    operation_id="RecallMergeSuggestion",
)
async def recall(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    customer: Id,
    other: Id,
) -> None:
    """They may be the same after all: they are suggested again."""
    await database.run(lambda tx: recall_merge(tx, customer, other, actor, now))


ROUTES = [merge_customer, unmerge_customer, read_suggested, dismiss, recall]
