"""The tests mirror the packages: `db/tail.py` has `tests/contactcenter/db/test_tail.py`."""

from pathlib import Path

from tests.architecture.tree import ROOT, modules

UNMIRRORED = {
    "contactcenter/words.py": "enumerations: nothing is done there",
    "contactcenter/facts.py": "Structs: test_readers puts each before every reader",
    "contactcenter/live/shown.py": "Structs: test_board folds into each",
    "contactcenter/api/examples_pages.py": "the same of what the pages send and get",
    "contactcenter/api/examples_rulebook.py": "the same of what is sent about the rulebook",
    "contactcenter/api/examples_work.py": "the same of cases, leads and orders",
    "contactcenter/api/examples_board.py": "values: test_examples looks at each",
    "contactcenter/bench": "measures, and says what it found",
    "contactcenter/demo": "is run as a whole by its test",
    "contactcenter/loadtest": "is a test itself",
    "contactcenter/cli": "commands are run as a whole by the tests there",
}


def test_every_module_has_its_test() -> None:
    """But a package's `__init__`: it is what its modules are."""
    without = {
        str(module)
        for module in modules()
        if module.name != "__init__.py"
        and not any(module.is_relative_to(Path(listed)) for listed in UNMIRRORED)
        and not (ROOT / "tests" / module.with_name(f"test_{module.name}")).exists()
    }
    assert without == set()
