"""Which web pages may call the visitors' routes: the origins that connections list."""

from contactcenter import facts
from contactcenter.db.database import Database
from contactcenter.facts import Fact

HELD_MAX = 10_000


class Origins:
    """Remembers those that are allowed until a connection changes; `read` follows the log."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._allowed: set[str] = set()
        self._changes = 0

    async def allowed(self, origin: str) -> bool:
        """Whether some connection lists it, exactly so."""
        if origin in self._allowed:
            return True
        changes = self._changes
        async with self._database.snapshot() as tx:
            found = await tx.one(bool, "visitors.origin", origin)
        if found and changes == self._changes and len(self._allowed) < HELD_MAX:
            self._allowed.add(origin)
        return found

    def read(self, _seq: int, fact: Fact) -> None:
        """Follow the log."""
        if isinstance(fact, facts.ConnectionChanged):
            self._changes += 1
            self._allowed.clear()
