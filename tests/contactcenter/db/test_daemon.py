import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import asyncpg
import pytest

from contactcenter.db import daemon, embedded
from contactcenter.db.daemon import EmbeddedError, holders


@pytest.fixture
async def servers() -> AsyncIterator[embedded.Servers]:
    """Servers of this test's own, so that it may break them."""
    parent = Path(mkdtemp())
    parent.chmod(0o755)
    async with await embedded.start(parent / "servers") as servers:
        yield servers
    await embedded.remove(parent / "servers")
    rmtree(parent)


async def test_killed_postgres_starts_again_with_all_that_was_committed(
    servers: embedded.Servers,
) -> None:
    await ask(servers, "CREATE TABLE kept AS SELECT 7 AS number")
    kill(servers.postgres_pid)
    await servers.start_postgres()
    assert await ask(servers, "SELECT number FROM kept") == 7


@pytest.mark.parametrize(
    "number", [os.getpid(), 2**22 + 1, "no number"], ids=["ours", "nobody's", "no number"]
)
async def test_stale_pid_files_are_passed_over(
    servers: embedded.Servers, number: int | str
) -> None:
    """The number is another process's now, or nobody's, or none at all."""
    data = servers.place.folder / "postgres" / "data"
    lines = (data / "postmaster.pid").read_text().split("\n")
    await servers.stop_postgres()
    await servers.stop_redis()
    (data / "postmaster.pid").write_text("\n".join((str(number), *lines[1:])))
    (servers.place.folder / "redis" / "pid").write_text(f"{number}\n")
    assert (servers.postgres_pid, servers.redis_pid) == (None, None)
    await servers.start_redis()
    await servers.start_postgres()
    assert await ask(servers, "SELECT 1") == 1


async def test_stop_never_signals_a_process_that_is_not_ours(servers: embedded.Servers) -> None:
    await servers.stop_redis()
    (servers.place.folder / "redis" / "pid").write_text(f"{os.getpid()}\n")
    await servers.stop_redis()  # SIGTERM to ourselves would end the run


async def test_start_waits_for_what_an_ended_postgres_left_in_its_folder(
    servers: embedded.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "ORPHANS_SECONDS_MAX", 0.1)
    data = servers.place.folder / "postgres" / "data"
    connection = await asyncpg.connect(servers.database_url)
    orphan = connection.get_server_pid()
    os.kill(orphan, signal.SIGSTOP)
    try:
        kill(servers.postgres_pid)
        with pytest.raises(EmbeddedError, match=rf"^{data} is used by processes \[.*{orphan}"):
            await servers.start_postgres()
    finally:
        os.kill(orphan, signal.SIGCONT)
        connection.terminate()
    monkeypatch.undo()
    await servers.start_postgres()
    assert await ask(servers, "SELECT 1") == 1


async def test_server_that_cannot_start_says_its_own_reason(servers: embedded.Servers) -> None:
    await servers.stop_postgres()
    with (servers.place.folder / "postgres/data/postgresql.conf").open("a") as settings:
        settings.write("work_mem = 'plenty'\n")
    with pytest.raises(
        EmbeddedError, match=r"^PostgreSQL did not start: configuration file .*/postgres\.log\)$"
    ):
        await servers.start_postgres()
    assert holders(servers.place.folder / "postgres") == []


async def test_start_of_what_runs_changes_nothing(servers: embedded.Servers) -> None:
    before = (servers.postgres_pid, servers.redis_pid)
    await servers.start_postgres()
    await servers.start_redis()
    assert (servers.postgres_pid, servers.redis_pid) == before


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("made a\nFATAL:  no space left\nchild exited with 1\n", "no space left"),
        ("initdb: error: not empty\n", "not empty"),
        ("first\nlast\n\n", "last"),
        ("", "it says nothing"),
    ],
)
def test_the_fault_is_the_first_line_that_is_marked_so_or_the_last(
    said: str, fault: str, tmp_path: Path
) -> None:
    assert daemon.fault_in(said, tmp_path) == fault


def test_the_fault_on_a_full_disk_is_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "FREE_MB_MIN", 1_000_000_000)
    fault = daemon.fault_in("FATAL:  wrote only 4096 of 8192 bytes", tmp_path)
    assert fault.startswith(f"the disk of {tmp_path} is full, ")


async def ask(servers: embedded.Servers, question: str) -> object:
    connection = await asyncpg.connect(servers.database_url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def kill(pid: int | None) -> None:
    assert pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # dead, and still its parent's to reap
