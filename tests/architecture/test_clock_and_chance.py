"""Time and chance are given, not taken: the few places where they come in are listed here."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import modules, tree

TOOLS = {
    "contactcenter/bench": "measures, by the real clock",
    "contactcenter/loadtest": "plays people, with the chance and by the clock that people have",
    "contactcenter/cli/loadtest.py": "draws the seed of a load test that is given none",
}
ALLOWED = {
    "datetime.now": {
        "contactcenter/clock.py": "the one place where the program reads its clock",
    },
    "os.environ": {
        "contactcenter/settings.py": "the one place where settings come from outside",
        "contactcenter/cli/demo.py": "whether somebody asked for more of the log",
    },
    "uuid4": {
        "contactcenter/api/request_id.py": "names the process in the ids that it gives to requests",
    },
    "secrets": {
        "contactcenter/model/credential.py": "issues tokens",
        "contactcenter/api/connections.py": "issues the secret of a connection",
        "contactcenter/api/visitor.py": "names a visitor whom nobody knows",
        "contactcenter/api/webhooks.py": "issues the secret of a webhook",
        "contactcenter/cli/connection.py": "issues the secret of a connection",
        "contactcenter/demo/memory.py": "issues the secrets of the demo's people and connections",
    },
}
FORBIDDEN = {
    "datetime.datetime.now": "datetime.now",
    "datetime.datetime.utcnow": "datetime.now",
    "datetime.datetime.today": "datetime.now",
    "datetime.date.today": "datetime.now",
    "time.time": "time.time",
    "time.time_ns": "time.time",
    "uuid.uuid1": "uuid4",
    "uuid.uuid4": "uuid4",
    "os.environ": "os.environ",
    "os.getenv": "os.environ",
    "os.urandom": "secrets",
    "random": "random",
    "secrets": "secrets",
}


def taken(module: Path) -> Iterator[str]:
    """What of the above the module uses, whatever it calls it."""
    source = tree(module)
    called: dict[str, str] = {}
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            for name in node.names:
                called[(name.asname or name.name).partition(".")[0]] = (
                    name.name if name.asname else name.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for name in node.names:
                called[name.asname or name.name] = f"{node.module}.{name.name}"
    for path in (*called.values(), *(_path(n, called) for n in ast.walk(source))):
        for forbidden, group in FORBIDDEN.items():
            if path == forbidden or path.startswith(f"{forbidden}."):
                yield group


def _path(node: ast.AST, called: dict[str, str]) -> str:
    """The dotted path of an attribute or name, by what was imported."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{_path(value, called)}.{attr}"
        case ast.Name(id=name):
            return called.get(name, f"?{name}")
        case _:
            return "?"


def test_time_and_chance_come_in_where_it_is_said() -> None:
    found: dict[str, set[str]] = {group: set() for group in ALLOWED}
    for module in modules():
        if any(str(module).startswith(tool) for tool in TOOLS):
            continue
        for group in taken(module):
            found.setdefault(group, set()).add(str(module))
    assert found == {group: set(places) for group, places in ALLOWED.items()}


def test_the_search_finds_whatever_it_is_called(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(
        "import datetime as d\nfrom datetime import datetime\nfrom uuid import uuid4 as new\n"
        "import os, random\nfrom secrets import token_hex\nfrom time import time\n"
        "datetime.now(); d.date.today(); os.environ['x']; new(); time()\n",
        encoding="utf-8",
    )
    assert set(taken(source)) == {
        "datetime.now",
        "uuid4",
        "os.environ",
        "random",
        "secrets",
        "time.time",
    }


def test_the_search_leaves_alone_what_only_measures(tmp_path: Path) -> None:
    source = tmp_path / "source.py"
    source.write_text(
        "import os, time\nfrom datetime import UTC, datetime\n"
        "time.perf_counter(); os.getpid(); datetime(2026, 11, 21, tzinfo=UTC); self.now()\n",
        encoding="utf-8",
    )
    assert set(taken(source)) == set()
