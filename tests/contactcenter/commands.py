"""The program as its users run it: a process of its own, in a folder of its own."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

from contactcenter.db import embedded
from contactcenter.db.daemon import holders
from tests.conftest import FOLDER

PATIENCE_S = 45
LAST_CHILDREN_S = 5
numbers = count(1)


@dataclass
class Program:
    """Runs the command line with the embedded servers of `folder`."""

    folder: Path

    def start(self, *arguments: str, code: str = "", **environment: str) -> "Running":
        """Start a command; `code` is run before it, in the same process."""
        lines = f"{code}\nimport sys; from contactcenter.__main__ import main; sys.exit(main())"
        return Running(
            subprocess.Popen(
                [sys.executable, "-c", lines, *arguments],
                env=os.environ | {"CONTACTCENTER_FOLDER": str(self.folder), **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )

    def run(self, *arguments: str, code: str = "", **environment: str) -> tuple[int, str, str]:
        """Run a command to its end: exit code, output, errors."""
        with self.start(*arguments, code=code, **environment) as running:
            return running.ended()

    @property
    def left(self) -> list[int]:
        """The database's processes that still run in the folder, a moment after the command's end.

        A server whose master has ended may need some milliseconds more for its last children.
        """
        until = time.monotonic() + LAST_CHILDREN_S
        while (found := holders(self.folder)) and time.monotonic() < until:
            time.sleep(0.02)
        return found


@dataclass
class Running:
    """A command that runs."""

    process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def says(self, text: str) -> str:
        """Its next line of output that holds the text."""
        assert self.process.stdout
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"it ended without {text!r}: {self.ended()}")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def ended(self) -> tuple[int, str, str]:
        out, error = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, out, error


def program() -> Iterator[Program]:
    """A program whose folder is gone afterwards; the next run cleans up after a killed one."""
    folder = FOLDER.with_name(f"{FOLDER.name}-program{next(numbers)}-{os.getpid()}")
    yield Program(folder)
    asyncio.run(embedded.remove(folder, say=lambda _line: None))


def busy(command: str, port: int) -> str:
    """What is said where somebody listens already."""
    return (
        f"contactcenter {command}: cannot listen on 127.0.0.1:{port}: Address already in use; "
        "stop what listens there, or name another\n"
    )


def answers(address: str) -> bool:
    """Whether anybody listens at `http://host:port`."""
    host, _, port = address.rpartition("/")[2].partition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=5):
        return True
    return False
