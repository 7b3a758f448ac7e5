"""Every reader of the log takes every fact: one of each kind is put before each of them.

That each names each kind is checked by the types (`assert_never`); here nothing may raise.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec import inspect

from contactcenter import facts
from contactcenter.facts import Fact
from contactcenter.live.audience import agents_concerned
from contactcenter.live.board import Board
from contactcenter.live.credentials import Credentials
from contactcenter.live.hub import Hub
from contactcenter.live.origins import Origins
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.live.visitors import Visitors
from contactcenter.model import webhook_event
from contactcenter.model.rulebook import Published, parse
from contactcenter.settings import Settings
from contactcenter.workers.router.translate import Translator
from routing.records import Ledger
from routing.state import State

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NOTHING: Any = None
BOOK = Published(
    1,
    parse((Path(__file__).parents[2] / "config" / "rulebook.toml").read_text(encoding="utf-8")),
)


def sample(kind: inspect.Type) -> Any:  # noqa: C901, PLR0911, PLR0912 -- a line for each type
    """A value of a type; of a choice the first, and never None where there is anything else."""
    match kind:
        case inspect.DateTimeType():
            return NOW
        case inspect.IntType():
            return 1
        case inspect.BoolType():
            return True
        case inspect.StrType():
            return "care"
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.UnionType(types=types):
            return sample(next(t for t in types if not isinstance(t, inspect.NoneType)))
        case inspect.ListType(item_type=item):
            return [sample(item)]
        case inspect.DictType(key_type=key, value_type=value):
            return {sample(key): sample(value)}
        case inspect.TupleType(item_types=types):
            return tuple(sample(t) for t in types)
        case inspect.VarTupleType(item_type=item):
            return (sample(item),)
        case inspect.StructType(cls=cls, fields=fields):
            return cls(**{f.name: sample(f.type) for f in fields})
        case inspect.AnyType():
            return {}
        case _:
            raise NotImplementedError(kind)


def full(kind: type[Fact]) -> Fact:
    """A fact with every field filled."""
    return sample(inspect.type_info(kind))


def bare(kind: type[Fact]) -> Fact:
    """The same with what may be left out left out."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return kind(**{f.name: sample(f.type) for f in info.fields if f.required})


KINDS: tuple[type[Fact], ...] = get_args(Fact)
READERS: dict[str, Callable[[], Callable[[int, Fact], object]]] = {
    "audience": lambda: lambda _seq, fact: agents_concerned(fact),
    "board": lambda: Board("UTC").fold,
    "credentials": lambda: Credentials(NOTHING, Settings()).read,
    "hub": lambda: _hub().read,
    "origins": lambda: Origins(NOTHING).read,
    "router": lambda: lambda seq, fact: list(_translator().translate(seq, fact)),
    "rulebook": lambda: RulebookInForce(NOTHING).read,
    "visitors": lambda: Visitors(NOTHING, lambda: NOW, lambda: BOOK.rules).read,
    "webhooks": lambda: lambda _seq, fact: webhook_event.event(fact, {}),
}


def _hub() -> Hub:
    hub = Hub()
    hub.board = Board("UTC")
    return hub


def _translator() -> Translator:
    return Translator(BOOK, State(Ledger()))


def test_the_union_holds_every_fact() -> None:
    def leaves(kind: type) -> set[type]:
        below = kind.__subclasses__()
        return set().union(*(leaves(k) for k in below)) if below else {kind}

    assert set(KINDS) == leaves(facts.Happened)


@pytest.mark.parametrize("build", [full, bare])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_comes_out_of_the_log_as_it_went_in(
    kind: type[Fact], build: Callable[[type[Fact]], Fact]
) -> None:
    fact = build(kind)
    assert msgspec.json.decode(msgspec.json.encode(fact), type=Fact) == fact


@pytest.mark.parametrize("build", [full, bare])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_takes_the_fact(
    reader: str, kind: type[Fact], build: Callable[[type[Fact]], Fact]
) -> None:
    READERS[reader]()(1, build(kind))


def test_all_who_follow_the_log_are_put_to_this() -> None:
    """`app` names them; whoever is added there is added here."""
    source = (Path(__file__).parents[2] / "contactcenter" / "app.py").read_text(encoding="utf-8")
    following = source.partition("readers = (")[2].partition(")")[0]
    names = {
        line.strip().removeprefix("self.").removesuffix(".read,")
        for line in following.strip().splitlines()
    }
    assert names <= READERS.keys()
    assert len(names) > 2
