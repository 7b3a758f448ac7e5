"""What must hold of the record whatever has been done to it: the load test's promises."""

from contactcenter.db.database import Database
from contactcenter.db.tail import LogRow
from contactcenter.loadtest.checks import LOG_MAX, RULES, standing, unlike_the_log

EXCUSED = {RULES["overdue"]: "nobody fires timers where there are actions alone"}


async def broken(database: Database) -> list[str]:
    """The rules that do not hold, each with what breaks it."""
    found = await standing(database)
    async with database.snapshot() as tx:
        log = await tx.many(LogRow, "log.after", 0, LOG_MAX)
        found["work stands where it does by the log"] = await unlike_the_log(tx, log)
    return [f"{rule}: {rows}" for rule, rows in found.items() if rows and rule not in EXCUSED]
