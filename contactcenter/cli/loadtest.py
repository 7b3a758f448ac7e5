"""`contactcenter loadtest`: see `contactcenter.loadtest`."""

import logging
from random import SystemRandom

from contactcenter import log
from contactcenter.cli.checked import checked
from contactcenter.cli.tell import note, result
from contactcenter.clock import clock
from contactcenter.errors import CommandFailed
from contactcenter.loadtest.run import Plan, Verdict, run
from contactcenter.settings import Settings

SEED_MAX = 1_000_000
ROWS_SHOWN = 10


async def loadtest(
    _settings: Settings,
    *,
    seconds: float,
    rate: int,
    agents: int,
    kill_every: float,
    fault: str,
    seed: int | None,
) -> None:
    """Break servers under load, check every promise. Raises `CommandFailed` where one is broken.

    The settings are for the user's own system, of which nothing is touched here.
    """
    log.configure(json=False, level="error")
    logging.getLogger("asyncpg").setLevel(logging.ERROR)  # it tells at length of every fault
    given = {"seconds": seconds, "rate": rate, "agents": agents, "kill_every": kill_every}
    seed = SystemRandom().randrange(SEED_MAX) if seed is None else seed
    plan = checked({**given, "fault": fault, "seed": seed}, Plan)
    verdict = await run(plan, lambda line: note(f"{clock():%H:%M:%S}  {line}"))
    _tell(verdict)
    if verdict.broken:
        message = f"{len(verdict.broken)} of {len(verdict.findings)} promises were broken"
        raise CommandFailed(message)


def _tell(verdict: Verdict) -> None:
    for what, count in sorted(verdict.counts.items()):
        result(f"{count:>8}  {what}")
    for rule, rows in verdict.findings.items():
        result(f"{'BROKEN' if rows else 'held':>8}  {rule}")
        for row in rows[:ROWS_SHOWN]:
            result(f"{'':>8}    {row}")
        if len(rows) > ROWS_SHOWN:
            result(f"{'':>8}    and {len(rows) - ROWS_SHOWN} more")
