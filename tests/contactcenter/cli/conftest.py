"""The command line as its users meet it: arguments in, exit code and lines out."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO

import asyncpg
import pytest

from contactcenter.__main__ import main


@dataclass
class Outcome:
    code: int
    out: str
    error: str


Run = Callable[..., Outcome]
Sql = Callable[[str], object]


@pytest.fixture
def run(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run a command on an empty database; `typed` is what stands on its stdin."""
    monkeypatch.setenv("CONTACTCENTER_DATABASE_URL", database_url)

    def run(*arguments: str, typed: str = "") -> Outcome:
        monkeypatch.setattr(sys, "stdin", StringIO(typed))
        capsys.readouterr()
        code = main(arguments)
        return Outcome(code, *capsys.readouterr())

    return run


@pytest.fixture
def sql(database_url: str) -> Sql:
    """The one value that a query gives."""

    async def value(query: str) -> object:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return lambda query: asyncio.run(value(query))
