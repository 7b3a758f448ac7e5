"""`contactcenter migrate`: bring the database to the schema of this version."""

from contactcenter import foundation
from contactcenter.cli.tell import note, result
from contactcenter.db.migrate import newest
from contactcenter.settings import Settings


async def migrate(settings: Settings) -> None:
    """Migrate, and say to which revision."""
    async with foundation.reach(settings, note):
        result(f"the database is at revision {newest()}")
