"""What the papers tell people to type is typed here, and what they name is looked for.

A fence says what is done with its block, after the language:

    sh serve            a server that runs meanwhile
    sh run              pasted into one shell, block after block
    python file=NAME    a file beside them
    text prints         lines that come out of it in this order; … stands for anything
"""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from contactcenter.__main__ import parser
from contactcenter.settings import Settings
from tests.contactcenter import commands
from tests.contactcenter.commands import Program

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
BLOCK = re.compile(r"^```(\w+ \w+)(?:=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
PLACE = re.compile(r"`([\w/]+\.py):(\w+)`")
METRIC = re.compile(r"(?:Counter|Gauge|Histogram)\(\s*\"(contactcenter_\w+)\"")
PAPERS = sorted(
    paper.relative_to(ROOT).as_posix()
    for paper in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md"))
)
SECONDS_MAX = 30

program = pytest.fixture(commands.program)


def blocks(document: str, kind: str) -> Iterator[tuple[str, str]]:
    """The blocks of a kind: each with its name, if it has one."""
    for found, name, text in BLOCK.findall((ROOT / document).read_text(encoding="utf-8")):
        if found == kind:
            yield name, text


def is_run(paper: str) -> bool:
    return any(True for _ in blocks(paper, "sh serve"))


def test_what_people_paste_first_is_run() -> None:
    assert is_run("README.md")
    assert is_run("docs/bots.md")


@pytest.mark.parametrize("document", [p for p in PAPERS if is_run(p)])
def test_what_is_pasted_works(document: str, program: Program, tmp_path: Path) -> None:
    ours, theirs = _free_ports()

    def here(text: str) -> str:
        return text.replace("8147", str(ours)).replace("8148", str(theirs))

    for name, text in blocks(document, "python file"):
        (tmp_path / name).write_text(here(text), encoding="utf-8")
    environment = os.environ | {
        "CONTACTCENTER_FOLDER": str(program.folder),
        "CONTACTCENTER_PORT": str(ours),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path),
    }
    [(_, serve)] = blocks(document, "sh serve")
    with _serving(serve, environment):
        script = here("\n".join(text for _, text in blocks(document, "sh run")))
        out, code = _typed(script, environment, tmp_path)
    assert code == 0, out
    shown = [text for _, text in blocks(document, "text prints")]
    assert shown
    for text in shown:
        assert _pattern(text).search(out), f"{text}\nis not in:\n{out}"


@pytest.mark.parametrize("paper", PAPERS)
def test_a_link_leads_somewhere(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    places = [(ROOT / paper).parent.joinpath(to).resolve() for to in LINK.findall(text)]
    missing = {place.relative_to(ROOT).as_posix() for place in places if not place.exists()}
    assert missing == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_named_in_the_code_is_there(paper: str) -> None:
    missing = [
        f"{file}:{name}"
        for file, name in PLACE.findall((ROOT / paper).read_text(encoding="utf-8"))
        if not _defines(file, name)
    ]
    assert missing == []


def test_every_metric_is_explained() -> None:
    exposed = {
        name
        for package in ("contactcenter", "channels", "routing")
        for module in (ROOT / package).rglob("*.py")
        for name in METRIC.findall(module.read_text(encoding="utf-8"))
    }
    explained = set(re.findall(r"^\| `(contactcenter_\w+)`", _operation(), re.MULTILINE))
    assert explained == exposed


def test_every_setting_is_explained() -> None:
    table = _operation().partition("### Settings")[2].partition("###")[0]
    firsts = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    explained = set(re.findall(r"`([A-Z_]+)`", " ".join(firsts)))
    assert explained == {field.upper() for field in Settings.__struct_fields__}


def test_every_command_is_listed() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `contactcenter (\w+)", readme, re.MULTILINE)
    commands_help = parser().format_help().partition("COMMAND\n")[2].partition("options:")[0]
    assert set(listed) == set(re.findall(r"^ {4}(\w+)", commands_help, re.MULTILINE))


def _operation() -> str:
    return (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def _serving(command: str, environment: dict[str, str]) -> Generator[None]:
    exact = command.strip().replace(".venv/bin/", f"{BIN}/")
    with subprocess.Popen(
        ["bash", "-c", f"exec env {exact}"],  # noqa: S607
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        try:
            assert "answers at" in server.stdout.readline()
            yield
        finally:
            server.terminate()


def _typed(script: str, environment: dict[str, str], folder: Path) -> tuple[str, int | None]:
    """What a shell prints that is given this, and its exit code; nothing of it runs on."""
    printed = folder / "printed"
    with (
        printed.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        ) as shell,
    ):
        code = None
        with suppress(subprocess.TimeoutExpired):
            code = shell.wait(SECONDS_MAX)
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    return printed.read_text(encoding="utf-8"), code


def _pattern(shown: str) -> re.Pattern[str]:
    """The lines in this order, with anything between them."""
    lines = [r".*?".join(map(re.escape, line.split("…"))) for line in shown.strip().splitlines()]
    return re.compile(r"(?:.*\n)*?".join(rf"^{line}.*\n" for line in lines), re.MULTILINE)


def _defines(file: str, name: str) -> bool:
    """Whether a module, named from a package of ours or from the root, defines that."""
    places = (ROOT / file, ROOT / "contactcenter" / file)
    sources = [place.read_text(encoding="utf-8") for place in places if place.is_file()]
    defined = re.compile(rf"^\s*(?:(?:async )?def |class )?{name}\b\s*[:(=]", re.MULTILINE)
    return any(defined.search(source) for source in sources)
