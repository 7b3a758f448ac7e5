import re
from collections import Counter
from pathlib import Path

from contactcenter.db import queries

SQL = Path(queries.__file__).with_name("sql")
NAMES = [
    f"{file.stem}.{name}"
    for file in SQL.glob("*.sql")
    for name in re.findall(r"^-- name:\s*(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE)
]


def test_every_block_is_found_under_its_file_and_name() -> None:
    assert sorted(NAMES) == sorted(queries.load())


def test_no_name_stands_twice_in_a_file() -> None:
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


def test_a_query_is_its_sql_alone() -> None:
    assert queries.QUERIES["log.ping"] == "SELECT 1"
