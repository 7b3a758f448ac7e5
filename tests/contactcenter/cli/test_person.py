"""`person create`: people before there is anybody who could add them in the browser."""

import re

import pytest

from contactcenter.model import password
from tests.contactcenter.cli.conftest import Run, Sql


def create(*more: str) -> tuple[str, ...]:
    return ("person", "create", *more)


def test_without_a_password_a_link_is_the_only_line_of_the_output(run: Run) -> None:
    made = run(*create("Rina", "--name", "Rina W", "--role", "supervisor"))
    assert made.code == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8147/set-password#ccr_[\w-]{43}\n", made.out)
    assert "Rina W (supervisor) signs in as rina\n" in made.error


def test_the_password_is_read_from_stdin(run: Run, sql: Sql) -> None:
    made = run(
        *create("boss", "--name", "Boss", "--role", "administrator", "--password-stdin"),
        typed="correct horse battery\n",
    )
    assert (made.code, made.out) == (0, "")
    kept = sql("SELECT password_hash FROM person WHERE login = 'boss'")
    assert password.matches(kept, "correct horse battery")


def test_an_agent_has_the_skills_and_queues_that_were_named(run: Run, sql: Sql) -> None:
    run(
        *create("ayu", "--name", "Ayu", "--role", "agent", "--capacity", "5", "--queue", "fiber"),
        *("--skill", "product:fiber=4", "--skill", "language:id=5"),
    )
    agent = sql("SELECT skills::text || queues::text || capacity FROM agent")
    assert agent == '{"language:id": 5, "product:fiber": 4}{fiber}5'


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--role", "supervisor", "--skill", "a=1"), "Only agents have skills."),
        (("--role", "agent", "--skill", "a=11"), "Expected `int` <= 10"),
        (("--role", "agent", "--queue", "moon"), "There is no queue 'moon' in the rulebook."),
        (("--role", "agent", "--password-stdin"), "A password has 12 to 200 characters."),
        (("--role", "agent", "--skill", "\udcff=3"), "An argument is not text in UTF-8."),
        (("--role", "agent", "--name", ""), "name: Expected a line of text, which is not empty"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nobody_is_made(
    run: Run, sql: Sql, more: tuple[str, ...], why: str
) -> None:
    refused = run(*create("x", "--name", "X", *more), typed="short\n")
    assert (refused.code, refused.out) == (1, "")
    assert refused.error.startswith("contactcenter person create: ")
    assert why in refused.error
    assert refused.error.count("\n") == 1
    assert sql("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("typed", ["\udcff" * 20, ""])
def test_a_password_that_is_no_text_or_is_not_there_is_refused(
    run: Run, sql: Sql, typed: str
) -> None:
    refused = run(*create("x", "--name", "X", "--role", "agent", "--password-stdin"), typed=typed)
    assert refused.error.startswith("contactcenter person create: A password ")
    assert refused.error.count("\n") == 1
    assert sql("SELECT count(*) FROM person") == 0


def test_a_login_is_given_once(run: Run) -> None:
    run(*create("x", "--name", "X", "--role", "supervisor"))
    again = run(*create("x", "--name", "Y", "--role", "supervisor"))
    assert (again.code, again.out) == (1, "")
    assert again.error == (
        "contactcenter person create: The login 'x' is taken, if only by somebody disabled.\n"
    )


def test_a_skill_without_a_level_is_misuse(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(*create("x", "--name", "X", "--role", "agent", "--skill", "fiber"))
    assert "'fiber' is not NAME=LEVEL, as in product:fiber=4" in capsys.readouterr().err
