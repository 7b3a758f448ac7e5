"""Search: customers, and what was said with them."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from contactcenter.api.access import STAFF, Limit, who
from contactcenter.api.paging import END, Place
from contactcenter.api.paging import Limit as PageLimit
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.errors import BadInput
from contactcenter.record.profile import Customers
from contactcenter.record.search import Hits, search_customers, search_said

Words = Annotated[str | None, QueryParameter(min_length=2, max_length=200, pattern=r"^[^\x00]*$")]
Customer = Annotated[int | None, QueryParameter(ge=1, le=END)]

_SEARCHES = Limit("searches", per_minute=300, burst=60)


@get(
    "/v1/search/customers",
    opt=who(*STAFF, limit=_SEARCHES) | refuses("422 nothing-asked"),
    tags=["search"],
    operation_id="SearchCustomers",
)
async def customers(
    database: NamedDependency[Database],
    q: Words = None,
    after: Place = 0,
    limit: PageLimit = 20,
) -> Customers:
    """Customers by their id or identity, by the words of their name, by the end of a number.

    In this order; last come those whose address has the words. Words count from their beginning on
    (`andr` finds Andreas), the last digits of a number from three on. Of more than 1,000 who fit in
    one way, not all are looked at. Whoever was merged is found as the customer they are known as
    now. Ask again with `next` as `after` for the following page.
    """
    words = _asked(q)
    async with database.snapshot() as tx:
        return await search_customers(tx, words, after, limit)


@get(
    "/v1/search/conversations",
    opt=who(*STAFF, limit=_SEARCHES) | refuses("422 nothing-asked"),
    tags=["search"],
    operation_id="SearchConversations",
)
async def conversations(
    database: NamedDependency[Database],
    q: Words = None,
    customer: Customer = None,
    before: Place = END,
    limit: PageLimit = 20,
) -> Hits:
    """What was said, on any channel and also in notes, that holds all the words; newest first.

    Whatever their case, and the last one from its beginning on: `"two words"` stand together,
    `-word` is not there, `or` is either. Of one `customer`, where it is named. What is said is
    found a few seconds later. `next` is the `before` of the following page.
    """
    words = _asked(q)
    async with database.snapshot() as tx:
        return await search_said(tx, words, customer, before, limit)


def _asked(q: str | None) -> str:
    if q is None or not q.strip():
        raise BadInput("Say in `q` what to look for.", code="nothing-asked", pointer="/q")
    return q


ROUTES = [customers, conversations]
