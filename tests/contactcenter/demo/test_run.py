"""`demo --once`: the whole of it, as a newcomer and CI run it."""

import re
import socket
import stat

import pytest

from tests.contactcenter import commands
from tests.contactcenter.commands import Program

program = pytest.fixture(commands.program, scope="module")

NOBODY_KNOWS_FIBER = """
import msgspec
from contactcenter.demo import cast, step
cast.PEOPLE = tuple(msgspec.structs.replace(p, skills={}) for p in cast.PEOPLE)
step.SECONDS_MAX = 4.0
"""


def demo(program: Program, **more: str) -> tuple[int, str, str]:
    return program.run("demo", "--once", CONTACTCENTER_PORT="0", **more)


def test_from_an_empty_folder_and_from_one_that_was_used(program: Program) -> None:
    first, second = demo(program), demo(program)
    for code, out, error in (first, second):
        assert (code, error) == (0, ""), out
        assert "does not answer: after 3 s it lapses" in out
        assert "gold customer: placed as if 300 s earlier" in " ".join(out.split())
        assert "Ayu Lestari was offered item" in out
        assert "Budi Santoso would have been next" in " ".join(out.split())
        assert "sees all 4 messages from the website" in out
        assert re.search(r"\[mobile\] It works again", out)
        assert out.endswith("everything that was started is stopped\n")
        assert not commands.answers(re.search(r"http://127\.0\.0\.1:\d+", out)[0])
    assert program.left == []
    assert len(_passwords(first[1])) == 6
    assert _passwords(first[1]) == _passwords(second[1])
    kept = program.folder / "demo.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_what_cannot_happen_is_named(program: Program) -> None:
    code, out, error = demo(program, code=NOBODY_KNOWS_FIBER)
    assert code == 1, out
    assert error == (
        "contactcenter demo: the engine offers it to an agent: did not happen within 4 s\n"
    )
    assert program.left == []


def test_what_was_lost_or_left_open_is_mended(program: Program) -> None:
    """After the broken one: its conversation still waits, and now all secrets are lost too."""
    (program.folder / "demo.json").write_text("{")
    code, out, error = demo(program)
    assert (code, error) == (0, ""), out
    assert "closes what an earlier demo has left: 1" in out


def test_a_busy_port_is_said_before_anything_is_started(program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, error = program.run("demo", "--once", CONTACTCENTER_PORT=str(port))
    assert (code, error) == (1, commands.busy("demo", port))


def _passwords(out: str) -> list[str]:
    """The table of logins, as printed."""
    return re.findall(r"^  (?:agent|supervisor|administrator) .*$", out, re.MULTILINE)
