"""Tags that are known, for who begins to write one."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from contactcenter.api.access import STAFF, who
from contactcenter.api.paging import Limit
from contactcenter.db.database import Database
from contactcenter.record.tags import TAG_LENGTH_MAX, Tagged, Tags, known_tags

Kind = Annotated[Tagged, PathParameter()]
Prefix = Annotated[str, QueryParameter(max_length=TAG_LENGTH_MAX, pattern=r"^[^\x00]*$")]


@get("/v1/tags/{kind:str}", opt=who(*STAFF), tags=["tags"], operation_id="ReadKnownTags")
async def read_known(
    database: NamedDependency[Database], kind: Kind, q: Prefix = "", limit: Limit = 20
) -> Tags:
    """Tags that somebody has put on a customer or on a conversation before, and that begin so.

    In the order of the alphabet; whatever their case.
    """
    async with database.snapshot() as tx:
        return await known_tags(tx, kind, q, limit)


ROUTES = [read_known]
