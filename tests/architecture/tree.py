"""The source tree, as the tests of the architecture read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("contactcenter", "routing", "channels")


def modules() -> list[Path]:
    """Every module of the packages, relative to the root."""
    return sorted(f.relative_to(ROOT) for p in PACKAGES for f in (ROOT / p).rglob("*.py"))


def tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def words(module: Path) -> Iterator[str]:
    """Every string that stands in the module."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def asked(module: Path) -> Iterator[str]:
    """The queries that the module asks by name: `tx.one(kind, name, ...)` and its like."""
    for node in ast.walk(tree(module)):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="one" | "maybe" | "many"),
                args=[_, ast.Constant(value=str(name)), *_],
            ):
                yield from _dotted(name)
            case ast.Call(func=ast.Attribute(attr="do"), args=[ast.Constant(value=str(name)), *_]):
                yield from _dotted(name)
            case ast.Subscript(value=ast.Name(id="QUERIES"), slice=ast.Constant(value=str(name))):
                yield name
            case _:
                continue


def _dotted(name: str) -> list[str]:
    """What has no dot is asked of something else that has a method of that name."""
    return [name] if "." in name else []
