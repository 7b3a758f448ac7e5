from tests.architecture.tree import ROOT

LINES_MAX = {
    "contactcenter": 400,
    "routing": 400,
    "channels": 400,
    "migrations": 400,
    "tests": 650,  # cases stand by themselves: one reads one
}
LONGER = {
    "contactcenter/db/embedded.py": "one matter, PostgreSQL and Redis under our own supervision",
    "contactcenter/facts.py": "every fact stands in one union, and is told apart there",
    "migrations/versions/0001_main_job.sql": "the schema reads best as a whole",
    "migrations/versions/0003_together.sql": "one revision is one file",
}


def test_a_file_is_short_or_says_here_why_not() -> None:
    found = {
        str(file.relative_to(ROOT))
        for folder, lines_max in LINES_MAX.items()
        for kind in ("*.py", "*.sql")
        for file in (ROOT / folder).rglob(kind)
        if len(file.read_text(encoding="utf-8").splitlines()) > lines_max
    }
    assert found == LONGER.keys()
