"""`rulebook`: the rules as data, checked as a whole, and changed while the system runs."""

from pathlib import Path

from contactcenter import foundation
from tests.contactcenter.cli.conftest import Run, Sql


def test_the_shipped_rulebook_is_without_fault(run: Run) -> None:
    checked = run("rulebook", "check")
    assert checked.code == 0
    assert checked.out.endswith("rulebook.toml: without fault (3 queues, 4 channels)\n")


def test_every_fault_has_its_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    text = foundation.RULEBOOK.read_text().replace("target_s = 60", "target_s = -1")
    bad.write_text(text.replace('queue = "care"', 'queue = "cure"'))
    refused = run("rulebook", "check", str(bad))
    assert (refused.code, refused.out) == (1, "")
    assert refused.error.splitlines() == [
        f"contactcenter rulebook check: {bad} is not in order",
        "queues.care.target_s: Expected `int` >= 1",
    ]


def test_what_is_shown_is_published_as_the_same_version(run: Run, tmp_path: Path) -> None:
    assert run("rulebook", "publish").out == "version 1 is in force\n"
    shown = tmp_path / "shown.toml"
    assert run("rulebook", "show", str(shown)).code == 0
    assert run("rulebook", "publish", str(shown)).out == "version 1 is in force\n"


def test_a_changed_rule_is_the_next_version(run: Run, tmp_path: Path) -> None:
    run("rulebook", "publish")
    changed = tmp_path / "changed.toml"
    changed.write_text(foundation.RULEBOOK.read_text().replace("grace_s = 30", "grace_s = 31"))
    assert run("rulebook", "publish", str(changed)).out == "version 2 is in force\n"
    assert "grace_s = 31\n" in run("rulebook", "show").out


def test_what_is_wrong_is_not_put_in_force(run: Run, sql: Sql, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[organisation")
    refused = run("rulebook", "publish", str(bad))
    assert (refused.code, refused.out) == (1, "")
    assert "is not valid TOML" in refused.error
    assert sql("SELECT count(*) FROM rulebook") == 0


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    refused = run("rulebook", "check", str(tmp_path / "none.toml"))
    assert refused.error == (
        f"contactcenter rulebook check: {tmp_path / 'none.toml'}: No such file or directory\n"
    )


def test_before_any_is_published_the_first_to_look_puts_the_shipped_one_in_force(run: Run) -> None:
    shown = run("rulebook", "show")
    assert (shown.code, shown.error) == (0, "# version 1\n")
