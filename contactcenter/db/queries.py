"""All SQL of the application by name: blocks in `db/sql/<file>.sql` begin `-- name: <query>`.

Comments above that line say why; they are not sent.
"""

import re
from importlib import resources

_NAME = re.compile(r"^(?:--(?! name:).*\n)*-- name: (\w+)\n", re.MULTILINE)


def load() -> dict[str, str]:
    """`{"<file>.<query>": sql}`, read from the files beside this module."""
    found: dict[str, str] = {}
    for file in resources.files("contactcenter.db").joinpath("sql").iterdir():
        if not file.name.endswith(".sql"):
            continue
        _, *blocks = _NAME.split(file.read_text(encoding="utf-8"))
        for name, body in zip(blocks[::2], blocks[1::2], strict=True):
            found[f"{file.name.removesuffix('.sql')}.{name}"] = body.strip()
    return found


QUERIES = load()
