"""Bring a database to the schema of this version; forward only."""

import asyncio
from pathlib import Path

import asyncpg

from contactcenter.errors import Conflict, Unavailable

MIGRATIONS = Path(__file__).parents[2] / "migrations"


async def upgrade(database_url: str) -> None:
    """Run every revision that the database does not have yet. Safe to call at each start.

    `Conflict` where a later program has migrated it, `Unavailable` where the database refuses.
    """
    now = await current(database_url)
    if now == newest():
        return
    if now is not None and now > newest():
        detail = f"The database is of a later version ({now}) than this program ({newest()})."
        raise Conflict(detail, code="later-schema")
    try:
        await asyncio.to_thread(_upgrade, database_url)
    except asyncpg.PostgresError as error:
        detail = f"The database could not be brought to revision {newest()}: {error}"
        raise Unavailable(detail, code="migration-failed") from error


def newest() -> str:
    """The last revision of this version of the program; files are named by their revision."""
    return max(file.stem for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


async def current(database_url: str) -> str | None:
    """The revision that the database has, or None when it is empty."""
    connection = await asyncpg.connect(database_url)
    try:
        return await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()


def _upgrade(database_url: str) -> None:
    # They take a third of a second to import: a start that has nothing to do skips that.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    command.upgrade(config, "head")
