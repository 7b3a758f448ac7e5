"""The command line itself: help, misuse, and failures in one line."""

import asyncio
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from contactcenter import __main__
from contactcenter.__main__ import main

COMMANDS = (
    "demo",
    "serve",
    "loadtest",
    "migrate",
    "bench",
    "rulebook",
    "person",
    "key",
    "connection",
)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    out = capsys.readouterr().out
    assert [name for name in COMMANDS if f"\n    {name}" not in out] == []


def test_without_a_command_it_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "required: COMMAND" in capsys.readouterr().err


def test_a_setting_of_the_wrong_type_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTACTCENTER_PORT", "many")
    assert main(["rulebook", "check"]) == 2
    expected = "contactcenter rulebook check: CONTACTCENTER_PORT: Expected `int`, got `str`\n"
    assert capsys.readouterr().err == expected


def test_a_setting_of_another_form_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTACTCENTER_PUBLIC_URL", "desk.example")
    assert main(["rulebook", "check"]) == 2
    expected = "CONTACTCENTER_PUBLIC_URL: Expected a URL without a path, as in https://desk.example"
    assert capsys.readouterr().err == f"contactcenter rulebook check: {expected}\n"


def test_a_port_of_a_database_that_is_no_number_does_not_show_the_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONTACTCENTER_DATABASE_URL", "postgresql://u:pa/ss@db.example/x")
    assert main(["migrate"]) == 2
    expected = "CONTACTCENTER_DATABASE_URL: A port is no number; in a password, / is %2F"
    assert capsys.readouterr().err == f"contactcenter migrate: {expected}\n"


@pytest.mark.parametrize("port", ["65536", "-1", "x", ""])
def test_a_port_that_there_is_not_is_misuse(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", "--port", port])
    assert f"{port!r} is not a number from 0 to 65535" in capsys.readouterr().err


def test_a_full_disk_is_named_whatever_failed_because_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CONTACTCENTER_FOLDER", str(tmp_path / "data"))
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=3_000_000))
    assert main(["rulebook", "check", str(tmp_path / "none")]) == 1
    error = capsys.readouterr().err
    assert f"the disk of {tmp_path} is full, 3 MB are free; " in error
    assert error.count("\n") == 1


def test_a_defect_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(__main__, "resolve_name", lambda _name: broken)
    with pytest.raises(ZeroDivisionError):
        main(["migrate"])


def test_ctrl_c_is_no_failure_to_talk_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(__main__, "resolve_name", lambda _name: interrupted)
    assert main(["migrate"]) == 130
    assert capsys.readouterr().err == ""


def test_sigterm_ends_a_command_as_ctrl_c_does(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = list[str]()

    async def told(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.sleep(5)
        finally:
            ended.append("what it has started")

    monkeypatch.setattr(__main__, "resolve_name", lambda _name: told)
    assert main(["migrate"]) == 130
    assert ended == ["what it has started"]
