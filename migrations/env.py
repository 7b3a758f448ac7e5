"""Alembic's entry: it connects by asyncpg to the database that the caller names."""

import asyncio

import asyncpg
from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=_connect, poolclass=pool.NullPool
    )
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


async def _connect() -> "asyncpg.Connection[asyncpg.Record]":
    connection = await asyncpg.connect(context.config.attributes["database_url"])
    # Of two processes that start at once the second waits here, and finds nothing left to do.
    await connection.execute("SELECT pg_advisory_lock(20261122)")
    return connection


asyncio.run(_online())
