"""What is wrong with this process, if anything."""

from collections.abc import Callable
from typing import Literal

import msgspec

from contactcenter.db.database import Database
from contactcenter.errors import Unavailable
from contactcenter.live.fanout import Fanout


class Report(msgspec.Struct, frozen=True):
    """`wrong`: what an operator should look at, a line each."""

    state: Literal["ready", "degraded", "not ready"]
    wrong: list[str]
    leader: bool
    version: int


class Health:
    """Asks the parts that can fail by themselves. `draining` is set when the process is ending."""

    def __init__(
        self,
        database: Database,
        fanout: Fanout,
        leads: Callable[[], bool],
        version: Callable[[], int],
    ) -> None:
        self._database = database
        self._fanout = fanout
        self._leads = leads
        self._version = version
        self.draining = False

    async def report(self) -> Report:
        """Ask now: PostgreSQL is needed, Redis is not."""
        wrong: list[str] = []
        state: Literal["ready", "degraded", "not ready"] = "ready"
        if not self._fanout.up:
            wrong.append("Redis does not answer: other processes' facts come up to a second late")
            state = "degraded"
        try:
            await self._database.ping()
        except Unavailable as error:
            wrong.append(f"PostgreSQL does not answer: {error.detail}")
            state = "not ready"
        if self.draining:
            wrong.append("this process is shutting down")
            state = "not ready"
        return Report(state, wrong, self._leads(), self._version())
