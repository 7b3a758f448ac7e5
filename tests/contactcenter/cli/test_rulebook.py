"""`rulebook`: the rules as data, checked as a whole, and changed while the system runs."""

import re
from pathlib import Path

from contactcenter import foundation
from tests.contactcenter.cli.conftest import Run, Sql


def test_the_shipped_rulebook_is_without_fault(run: Run) -> None:
    checked = run("rulebook", "check")
    assert checked.code == 0
    assert checked.out.endswith("rulebook.toml: without fault (3 queues, 6 channels)\n")


def test_every_fault_has_its_line(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    text = foundation.RULEBOOK.read_text().replace("target_s = 60", "target_s = -1", 1)
    text = re.sub(r'(connection = .*\n)queue = "care"', r'\1queue = "cure"', text)
    bad.write_text(text)
    target, first, second = (
        number
        for number, line in enumerate(text.splitlines(), 1)
        if line in ("target_s = -1", 'queue = "cure"')
    )
    refused = run("rulebook", "check", str(bad))
    assert (refused.code, refused.out) == (1, "")
    assert refused.error.splitlines() == [
        f"contactcenter rulebook check: {bad} is not in order",
        f"{bad}:{target} queues.care.target_s: Expected `int` >= 1.",
        f"{bad}:{first} entry[0].queue: There is no queue 'cure'.",
        f"{bad}:{second} entry[1].queue: There is no queue 'cure'.",
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
    assert f"{bad}:1 This is not valid TOML, at the end" in refused.error
    assert sql("SELECT count(*) FROM rulebook") == 0


def test_the_text_is_shown_as_it_was_written(run: Run) -> None:
    run("rulebook", "publish")
    assert run("rulebook", "show").out == foundation.RULEBOOK.read_text()


def changed(folder: Path, grace_s: int) -> str:
    file = folder / f"{grace_s}.toml"
    text = foundation.RULEBOOK.read_text()
    file.write_text(text.replace("grace_s = 30", f"grace_s = {grace_s}"))
    return str(file)


def test_versions_are_compared_and_an_older_one_is_put_in_force_again(
    run: Run, tmp_path: Path
) -> None:
    run("rulebook", "publish")
    run("rulebook", "publish", changed(tmp_path, 31), "--note", "longer")

    assert run("rulebook", "diff", "1", "2").out == "presence.grace_s: now 31; it was 30\n"
    assert run("rulebook", "diff").out == "presence.grace_s: now 30; it was 31\n"
    refused = run("rulebook", "publish", changed(tmp_path, 32), "--based-on", "1")
    assert (refused.code, "published version 2 meanwhile" in refused.error) == (1, True)

    assert run("rulebook", "rollback", "1").out == "version 3 is in force\n"
    assert run("rulebook", "diff", "1", "3").out == ""
    told = [line.split("  ") for line in run("rulebook", "history").out.splitlines()]
    assert [(version.strip(), more) for *_, version, _, more in told] == [
        ("3", "command line; version 1 again"),
        ("2", "command line; longer"),
        ("1", "command line"),
    ]
    assert run("rulebook", "history", "--limit", "1").out.startswith("   3  ")
    assert run("rulebook", "show", "--version", "2").out.count("grace_s = 31") == 1


def test_a_version_that_is_not_there_is_named(run: Run) -> None:
    refused = run("rulebook", "rollback", "7")
    assert refused.error.endswith("There is no version 7 of the rulebook.\n")


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    refused = run("rulebook", "check", str(tmp_path / "none.toml"))
    assert refused.error == (
        f"contactcenter rulebook check: {tmp_path / 'none.toml'}: No such file or directory\n"
    )


def test_before_any_is_published_the_first_to_look_puts_the_shipped_one_in_force(run: Run) -> None:
    shown = run("rulebook", "show")
    assert (shown.code, shown.error) == (0, "# version 1\n")
