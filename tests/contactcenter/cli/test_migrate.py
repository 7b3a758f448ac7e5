"""`migrate`: the schema of this version, also where it is there already."""

import socket

import pytest

from contactcenter.db.migrate import newest
from tests.contactcenter.cli.conftest import Run, Sql


def test_a_migrated_database_stays_as_it_is(run: Run) -> None:
    assert run("migrate").out == run("migrate").out == f"the database is at revision {newest()}\n"


def test_a_later_schema_is_left_alone(run: Run, sql: Sql) -> None:
    sql("UPDATE alembic_version SET version_num = '9999'")
    refused = run("migrate")
    assert (refused.code, refused.out) == (1, "")
    assert f"of a later version (9999) than this program ({newest()})" in refused.error


def test_a_database_that_is_not_there_is_said_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("CONTACTCENTER_DATABASE_URL", f"postgresql://u:pw@127.0.0.1:{port}/x")
    refused = run("migrate")
    assert (refused.code, refused.out) == (1, "")
    assert refused.error.startswith("contactcenter migrate: The database cannot be reached: ")
    assert "pw" not in refused.error
    assert refused.error.count("\n") == 1
