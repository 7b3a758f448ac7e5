"""The rulebook: administrators read its versions, check a draft, compare, publish, and go back."""

import asyncio
import tomllib
from datetime import datetime
from typing import Annotated, Any, cast

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from contactcenter.actions.publish import Written, publish
from contactcenter.api.access import Caller, who
from contactcenter.api.paging import END, Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, Fault
from contactcenter.model.caller import Actor
from contactcenter.model.changes import RuleChange, changes
from contactcenter.model.rulebook import Rulebook, parse
from contactcenter.model.rulebook_text import TOML_CHARACTERS_MAX, refusal
from contactcenter.model.toml.rewrite import put, rewrite
from contactcenter.record.rulebooks import KeptRulebook, RulebookVersion, in_use, read_version

Toml = Annotated[str, msgspec.Meta(max_length=TOML_CHARACTERS_MAX)]
Note = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00]*$")]
Number = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
Step = Annotated[str, msgspec.Meta(max_length=200)] | Annotated[int, msgspec.Meta(ge=0, le=100_000)]
VersionInQuery = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]

_REFUSALS = refuses("409 rulebook-changed", "422 bad-rulebook")


class RulebookVersions(msgspec.Struct, frozen=True):
    """Newest first; `next` as `after` gives the following page."""

    items: list[RulebookVersion]
    next: int | None


class DraftRulebook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rulebook as TOML."""

    toml: Toml


class CheckedRulebook(msgspec.Struct, frozen=True):
    """All faults of a draft; without any, its changes against `version`, which is in force."""

    errors: list[Fault]
    version: int
    changes: list[RuleChange]


class RulebookChanges(msgspec.Struct, frozen=True):
    """What differs, in the order of the rulebook."""

    items: list[RuleChange]


class NewRulebook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rulebook that is to be put in force, and the version that its author had before them."""

    toml: Toml
    based_on: Number
    note: Note = ""


class RuleEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to stand at a path, as in `["queues", "billing"]`; null: nothing any more.

    A section becomes exactly the value. A number in the path is a place in a list; the first one
    behind its end adds to it.
    """

    path: Annotated[list[Step], msgspec.Meta(min_length=1, max_length=10)]
    value: Any


class RulebookEdit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """RulebookChanges to the version in force, one after the other."""

    based_on: Number
    note: Note = ""
    changes: Annotated[list[RuleEdit], msgspec.Meta(min_length=1, max_length=100)]


class RulebookRollback(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version in force that is to be replaced by an older one."""

    based_on: Number
    note: Note = ""


@get("/v1/rulebook", opt=who("administrator"), tags=["rulebook"], operation_id="ReadRulebook")
async def read_newest(database: NamedDependency[Database]) -> KeptRulebook:
    """Read the rulebook in force: its rules, and its text as it was written."""
    async with database.snapshot() as tx:
        return await read_version(tx)


@get(
    "/v1/rulebook/versions",
    opt=who("administrator"),
    tags=["rulebook"],
    operation_id="ReadRulebookVersions",
)
async def read_versions(
    database: NamedDependency[Database], after: Place = END, limit: Limit = 50
) -> RulebookVersions:
    """Who put which version in force, and when."""
    async with database.snapshot() as tx:
        found = await tx.many(RulebookVersion, "rulebooks.page", after, limit + 1)
    return RulebookVersions(found[:limit], found[limit - 1].version if len(found) > limit else None)


@get(
    "/v1/rulebook/versions/{version:int}",
    opt=who("administrator") | refuses("404 no-rulebook"),
    tags=["rulebook"],
    operation_id="ReadRulebookVersion",
)
async def read_one(database: NamedDependency[Database], version: Id) -> KeptRulebook:
    """Read one version: its rules, and its text as it was written."""
    async with database.snapshot() as tx:
        return await read_version(tx, version)


@get(
    "/v1/rulebook/changes",
    opt=who("administrator") | refuses("404 no-rulebook"),
    tags=["rulebook"],
    operation_id="CompareRulebooks",
)
async def compare(
    database: NamedDependency[Database],
    before: VersionInQuery = None,
    after: VersionInQuery = None,
) -> RulebookChanges:
    """What differs between two versions; the one that is not named is the one in force."""
    async with database.snapshot() as tx:
        older, newer = await read_version(tx, before), await read_version(tx, after)
    return RulebookChanges(changes(older.rules, newer.rules))


@post(
    "/v1/rulebook/check",
    status_code=200,
    opt=who("administrator"),
    tags=["rulebook"],
    operation_id="CheckRulebook",
)
async def check(
    database: NamedDependency[Database], data: JSONBody[DraftRulebook]
) -> CheckedRulebook:
    """Find all faults of a draft; nothing is stored."""
    async with database.snapshot() as tx:
        newest = await read_version(tx)
    try:
        rules = await _parsed(data.toml)
    except BadInput as refused:
        return CheckedRulebook(refused.errors, newest.version, [])
    async with database.snapshot() as tx:
        forgotten = await in_use(tx, rules)
    errors = refusal(forgotten, data.toml).errors if forgotten else []
    return CheckedRulebook(
        errors, newest.version, changes(newest.rules, msgspec.to_builtins(rules))
    )


@post(
    "/v1/rulebook/versions",
    opt=who("administrator") | _REFUSALS,
    tags=["rulebook"],
    operation_id="PublishRulebook",
)
async def post_version(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[NewRulebook],
) -> RulebookVersion:
    """Put a rulebook in force, in every process; the same again stays the same version."""
    rules = await _parsed(data.toml)
    written = Written(toml=data.toml, note=data.note, based_on=data.based_on)
    return await _publish(database, rules, written, caller, actor, now)


@patch(
    "/v1/rulebook",
    opt=who("administrator")
    | refuses(
        "404 no-rulebook",
        "409 rulebook-changed",
        "422 bad-rulebook",
        "422 no-such-place",
        "422 edit-the-text",
    ),
    tags=["rulebook"],
    operation_id="EditRulebook",
)
async def edit(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    data: JSONBody[RulebookEdit],
) -> RulebookVersion:
    """Change some rules and put the whole in force; the text around them stays as it was."""
    async with database.snapshot() as tx:
        base = await read_version(tx, data.based_on)
    toml = await asyncio.to_thread(_edited, base.toml, data.changes)
    written = Written(toml=toml, note=data.note, based_on=data.based_on)
    return await _publish(database, await _parsed(toml), written, caller, actor, now)


@post(
    "/v1/rulebook/versions/{version:int}/rollback",
    opt=who("administrator")
    | refuses("404 no-rulebook", "409 rulebook-changed", "422 bad-rulebook"),
    tags=["rulebook"],
    operation_id="RollBackRulebook",
)
async def roll_back(
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    version: Id,
    data: JSONBody[RulebookRollback],
) -> RulebookVersion:
    """Put an older version in force once more, as a new one, by the checks of today."""
    async with database.snapshot() as tx:
        older = await read_version(tx, version)
    written = Written(
        toml=older.toml, note=data.note, based_on=data.based_on, restores=older.version
    )
    return await _publish(database, await _parsed(older.toml), written, caller, actor, now)


async def _publish(
    database: Database,
    rules: Rulebook,
    written: Written,
    caller: Caller,
    actor: Actor,
    now: datetime,
) -> RulebookVersion:
    author = caller.person_name or ""
    version = await database.run(lambda tx: publish(tx, rules, author, now, written, actor))
    async with database.snapshot() as tx:
        kept = await read_version(tx, version)
    return RulebookVersion(
        **{name: getattr(kept, name) for name in RulebookVersion.__struct_fields__}
    )


async def _parsed(toml: str) -> Rulebook:
    """Off the loop: a long rulebook takes longer than others like to wait."""
    return await asyncio.to_thread(parse, toml)


def _edited(toml: str, wanted: list[RuleEdit]) -> str:
    document = tomllib.loads(toml)
    for place, change in enumerate(wanted):
        try:
            document = put(document, change.path, _without_nulls(change.value))
        except BadInput as error:
            error.pointer = f"/changes/{place}/path"
            raise
    return rewrite(toml, document)


def _without_nulls(value: Any) -> Any:
    """TOML has no null: what is not there is left out."""
    match value:
        case dict():
            items = cast("dict[str, Any]", value).items()
            return {k: _without_nulls(v) for k, v in items if v is not None}
        case list():
            return [_without_nulls(v) for v in cast("list[Any]", value)]
        case _:
            return value


ROUTES = [
    read_newest,
    read_versions,
    read_one,
    compare,
    check,
    post_version,
    edit,
    roll_back,
]
