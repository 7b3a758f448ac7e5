"""`contactcenter serve`: run one process of the contact center until it is told to stop."""

import os
import time
from pathlib import Path

import msgspec

from contactcenter import __version__, log, server
from contactcenter.cli.tell import note, result
from contactcenter.settings import Settings


async def serve(settings: Settings, *, host: str | None, port: int | None) -> None:
    """Serve until SIGTERM or Ctrl-C, then drain."""
    settings = msgspec.structs.replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    log.configure(json=settings.log_json, level=settings.log_level)
    files = server.raise_file_limit()
    if files < server.FILES_WANTED:
        note(f"at most {files} files may be open here, and each socket is one: raise `ulimit -n`")
    with server.stopping() as stop:
        async with server.answering(settings, note) as house:
            result(f"contactcenter {__version__} answers at {house.settings.origin} {_ready()}")
            await stop.wait()
            note("stopping: finishing what was begun (Ctrl-C once more: at once)")
    note("stopped")


def _ready() -> str:
    """How long the start took, from the kernel's account of this process (proc(5), field 22)."""
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return f"(ready in {time.clock_gettime(time.CLOCK_BOOTTIME) - started_s:.1f} s)"
