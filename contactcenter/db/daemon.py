"""One server process: started, recognised after its owner was killed, adopted, and ended."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import msgspec

PROCESSES = {"initdb", "postgres", "redis-server"}
READY_SECONDS_MAX = 120.0  # PostgreSQL may have to replay max_wal_size after a crash
ORPHANS_SECONDS_MAX = 5.0
FREE_MB_MIN = 64  # a few of PostgreSQL's log segments of 16 MB

Say = Callable[[str], object]


class EmbeddedError(Exception):
    """The servers cannot run here; the message is one line that says why and what to do."""


class Identity(msgspec.Struct, frozen=True):
    """The account the servers run under; None is that of this process."""

    user: int | None = None
    group: int | None = None


class Daemon(msgspec.Struct):
    """What it takes to start, recognise and end one server."""

    title: str
    process: str
    folder: Path  # its working directory, which proves a process id to be ours
    pidfile: Path
    log: Path
    command: tuple[str, ...]
    identity: Identity
    ready: Callable[[], bool]
    endings: tuple[tuple[signal.Signals, float], ...]  # each signal with the seconds it is given
    child: subprocess.Popen[str] | None = None  # None when adopted: then init reaps it

    @property
    def pid(self) -> int | None:
        """The running server's; a stale pid file, or its number reused, is None."""
        with suppress(OSError, ValueError):
            pid = int(self.pidfile.read_text().split("\n", 1)[0])
            if _holds(pid, self.folder) and _name(pid) == self.process:
                return pid
        return None

    async def start(self, say: Say) -> None:
        """Start the server, or adopt it where it runs; returns when it is ready.

        Raises EmbeddedError with the server's own reason.
        """
        if self.pid:
            if self.child is None:
                say(f"{self.title}: adopting process {self.pid}, whose owner was killed")
            await _until(lambda: self.ready() or not self.pid, READY_SECONDS_MAX)
            if self.ready() and self.pid:
                return
        await orphans_gone(self.folder)
        self.pidfile.unlink(missing_ok=True)  # a stale one, whose number another process may bear
        child = self._launch()
        await _until(lambda: self.ready() or child.poll() is not None, READY_SECONDS_MAX)
        if not self.ready():
            self._reap()
            reason = fault_in(self.log.read_text(errors="replace"), self.folder)
            message = f"{self.title} did not start: {reason} (all of it: {self.log})"
            raise EmbeddedError(message)

    async def stop(self) -> None:
        """End the server, if it runs; returns when it is gone."""
        for ending, seconds in self.endings:
            pid = self.pid
            if pid is None or await _ended(pid, ending, self.folder, seconds):
                return self._reap()
        message = f"{self.title} does not end: see {self.log}"
        raise EmbeddedError(message)

    def _launch(self) -> subprocess.Popen[str]:
        self._reap()
        with self.log.open("w") as log:
            self.child = _spawn(self.command, self.identity, self.folder, subprocess.DEVNULL, log)
        return self.child

    def _reap(self) -> None:
        if self.child:
            self.child.kill()
            self.child.wait()
        self.child = None


def run(
    command: tuple[str, ...], identity: Identity, folder: Path = Path("/"), text: str = ""
) -> tuple[int, str]:
    """Run `command` with `text` as its input; return its exit code and what it said."""
    with _spawn(command, identity, folder, subprocess.PIPE, subprocess.PIPE) as child:
        said, _ = child.communicate(text)
    return child.returncode, said


def _spawn(
    command: tuple[str, ...], identity: Identity, folder: Path, stdin: int, output: TextIO | int
) -> subprocess.Popen[str]:
    """Start `command` as the servers' account, in a session that Ctrl-C does not reach."""
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        user=identity.user,
        group=identity.group,
        extra_groups=None if identity.user is None else (),
        umask=0o077,
        start_new_session=True,
    )


def fault_in(said: str, folder: Path) -> str:
    """Return why a program that writes to `folder` ended: the line of what it `said` that tells."""
    if full := full_disk(folder):  # then its last words are about anything but that
        return full
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it says nothing"]
    for line in lines:
        for mark in ("PANIC:", "FATAL:", "ERROR:", "error:"):
            if mark in line:
                return line.partition(mark)[2].strip()
    return lines[-1]


def full_disk(folder: Path) -> str | None:
    """Say so where the disk of `folder` has no room for a server; None where it has."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    return f"the disk of {folder} is full, {free_mb} MB are free" if free_mb < FREE_MB_MIN else None


async def _ended(pid: int, ending: signal.Signals, folder: Path, seconds: float) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, ending)
    return await _until(lambda: not _holds(pid, folder), seconds)


async def orphans_gone(folder: Path) -> None:
    """Wait until nothing of an earlier server uses `folder`: a second one would corrupt it."""
    if not await _until(lambda: not holders(folder), ORPHANS_SECONDS_MAX):
        message = f"{folder} is used by processes {holders(folder)} of an earlier server: end them"
        raise EmbeddedError(message)


def holders(folder: Path) -> list[int]:
    """Return our servers' processes that work in `folder` or beneath it."""
    pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
    return [pid for pid in pids if _holds(pid, folder) and _name(pid) in PROCESSES]


def _holds(pid: int, folder: Path) -> bool:
    with suppress(OSError):  # gone, a zombie, or somebody else's
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder.resolve())
    return False


def _name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return ""


async def _until(condition: Callable[[], bool], seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - files and processes of others set no event
                await asyncio.sleep(0.01)
        return True
    return False
