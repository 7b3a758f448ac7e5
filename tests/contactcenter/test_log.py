import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from contactcenter import log


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_in_production_a_line_is_json_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=True)
    log.get(part="tail").warning("gone", seq=3)
    line = json.loads(capsys.readouterr().err)
    assert {k: line[k] for k in ("part", "event", "seq", "level")} == {
        "part": "tail",
        "event": "gone",
        "seq": 3,
        "level": "warning",
    }
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("name", ["password", "new_password", "Token", "cookie", "webhook_secret"])
def test_secrets_are_cut_out_by_the_name_of_their_field(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    log.configure(json=True)
    log.get().error("signed in", **{name: "hidden", "who": "ann"})
    line = json.loads(capsys.readouterr().err)
    assert (line[name], line["who"]) == ("[redacted]", "ann")


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=True, level="warning")
    log.get().info("small")
    assert capsys.readouterr().err == ""


def test_the_libraries_lines_are_written_alike(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=True)
    logging.getLogger("somebody").warning("else", extra={"password": "hidden"})
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"]) == ("else", "warning")
    assert "hidden" not in str(line)


def test_on_a_terminal_a_line_is_read_by_people(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(json=False)
    log.get().warning("gone", seq=3)
    assert "gone" in capsys.readouterr().err
