"""`key create`: a bot's key, with a connection of its own where it is to post interactions."""

import hashlib
import re

from tests.contactcenter.cli.conftest import Run, Sql


def create(*more: str) -> tuple[str, ...]:
    return ("key", "create", *more)


def test_the_secret_is_the_only_line_of_the_output_and_is_not_kept(run: Run, sql: Sql) -> None:
    made = run(*create("assistant", "--scope", "interactions:write", "--scope", "customers:read"))
    assert made.code == 0
    assert re.fullmatch(r"cck_[\w-]{43}\n", made.out)
    assert sql("SELECT secret_hash FROM api_key") == hashlib.sha256(made.out[:-1].encode()).digest()
    assert "may customers:read, interactions:write; its secret, shown this once:" in made.error


def test_a_connection_of_its_own_bears_its_name(run: Run, sql: Sql) -> None:
    run(*create("assistant", "--scope", "interactions:write", "--connection", "bot"))
    owned = sql(
        "SELECT n.name || ' ' || n.channel FROM connection n JOIN api_key k ON k.id = n.api_key_id"
    )
    assert owned == "assistant bot"


def test_a_name_is_given_once(run: Run) -> None:
    run(*create("assistant", "--scope", "interactions:write"))
    again = run(*create("assistant", "--scope", "interactions:write"))
    assert (again.code, again.out) == (1, "")
    assert again.error == "contactcenter key create: There is a key 'assistant' already.\n"


def test_a_name_is_a_line_of_text(run: Run, sql: Sql) -> None:
    for name in ("", "a\nb"):
        refused = run(*create(name, "--scope", "interactions:write"))
        expected = "name: Expected a line of text, which is not empty"
        assert refused.error == f"contactcenter key create: {expected}\n"
    assert sql("SELECT count(*) FROM api_key") == 0


def test_where_the_connection_cannot_be_made_there_is_no_key_either(run: Run, sql: Sql) -> None:
    refused = run(*create("x", "--scope", "interactions:write", "--connection", "moon"))
    assert (refused.code, refused.out) == (1, "")
    assert "There is no channel 'moon' in the rulebook." in refused.error
    assert sql("SELECT count(*) FROM api_key") == 0
