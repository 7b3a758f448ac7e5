"""What the commands write: results to stdout, for programs to read; notes beside it, for people."""

import sys


def result(text: str) -> None:
    """Write what was asked for."""
    print(text, flush=True)  # noqa: T201 -- the terminal is what this is for


def note(text: str) -> None:
    """Write what a person should know besides."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201
