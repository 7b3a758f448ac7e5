"""`connection create`: the accounts by which customers reach us."""

import pytest

from tests.contactcenter.cli.conftest import Run, Sql


def create(*more: str) -> tuple[str, ...]:
    return ("connection", "create", *more)


def test_a_website_has_its_pages_and_a_secret_that_is_shown_once(run: Run, sql: Sql) -> None:
    made = run(
        *create("shop", "--channel", "web", "--origin", "https://shop.example", "--with-secret")
    )
    assert made.code == 0
    assert sql("SELECT secrets[1] FROM connection") == made.out.rstrip("\n")
    assert sql("SELECT origins[1] FROM connection") == "https://shop.example"


def test_without_a_secret_nothing_is_written_to_stdout(run: Run) -> None:
    made = run(*create("app", "--channel", "mobile"))
    assert (made.code, made.out) == (0, "")
    assert "'app' takes what comes by mobile" in made.error


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (("--channel", "moon"), "There is no channel 'moon' in the rulebook."),
        (("--channel", "web", "--origin", "shop.example"), "An origin is a scheme, a host"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    run: Run, sql: Sql, more: tuple[str, ...], why: str
) -> None:
    refused = run(*create("shop", *more, "--with-secret"))
    assert (refused.code, refused.out) == (1, "")
    assert why in refused.error
    assert sql("SELECT count(*) FROM connection") == 0
