"""The clocks of targets, as people read them: what ran when, until when, and what was done."""

from datetime import datetime

from litestar import get
from litestar.di import NamedDependency

from contactcenter.api.access import STAFF, who
from contactcenter.api.paging import Id
from contactcenter.db.database import Database
from contactcenter.model.rulebook import Published
from contactcenter.record.case_reads import read_case
from contactcenter.record.clock_reads import ClocksShown, read_clocks
from contactcenter.record.timeline import read_conversation


@get(
    "/v1/conversations/{conversation:int}/clocks",
    opt=who(*STAFF),
    tags=["conversations"],
    operation_id="ReadConversationClocks",
)
async def of_conversation(
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    conversation: Id,
) -> ClocksShown:
    """The clocks of a conversation's targets, with the steps of their ladders that were climbed."""
    async with database.snapshot() as tx:
        await read_conversation(tx, conversation)
        return await read_clocks(tx, "conversation", conversation, book, now)


@get(
    "/v1/cases/{case:int}/clocks",
    opt=who(*STAFF),
    tags=["cases"],
    operation_id="ReadCaseClocks",
)
async def of_case(
    database: NamedDependency[Database],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
    case: Id,
) -> ClocksShown:
    """The clocks of a case's targets, with the steps of their ladders that were climbed."""
    async with database.snapshot() as tx:
        await read_case(tx, case)
        return await read_clocks(tx, "case", case, book, now)


ROUTES = [of_conversation, of_case]
