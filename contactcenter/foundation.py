"""What a process stands on: PostgreSQL and Redis, the schema of this version, and a rulebook."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec

from contactcenter.actions.publish import Written, publish
from contactcenter.clock import clock
from contactcenter.db import embedded, migrate
from contactcenter.db.database import Database
from contactcenter.errors import BadInput, NotFound
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.model.rulebook import Published, Rulebook, parse
from contactcenter.settings import Settings

RULEBOOK = Path(__file__).parents[1] / "config" / "rulebook.toml"
"""The rulebook that the project ships."""

AUTHOR = "command line"

Say = Callable[[str], object]


@asynccontextmanager
async def stand(settings: Settings, say: Say) -> AsyncGenerator[Settings]:
    """Start what a server needs, and give the settings with its URLs; end what was started.

    Embedded servers run where there is no database URL; then `folder` is where their files really
    are. Raises `EmbeddedError` and `Refusal`.
    """
    async with AsyncExitStack() as stack:
        if settings.database_url is None:
            servers = await stack.enter_async_context(
                await embedded.start(settings.folder, say=say)
            )
            settings = msgspec.structs.replace(
                settings,
                folder=servers.place.folder,
                database_url=servers.database_url,
                redis_url=settings.redis_url or servers.redis_url,
            )
        assert settings.database_url
        async with connected(settings.database_url) as database:
            await in_force(database)
        yield settings


@asynccontextmanager
async def reach(settings: Settings, say: Say) -> AsyncGenerator[Database]:
    """Open the database for one command, also while a server runs on it."""
    url = settings.database_url
    if url is None and (addresses := embedded.running(settings.folder)):
        url = addresses.database_url
    if url is not None:
        async with connected(url) as database:
            yield database
        return
    async with stand(settings, say) as started:
        assert started.database_url
        async with connected(started.database_url) as database:
            yield database


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[Database]:
    """Open a database that is brought to this version's schema."""
    database = await Database.open(url, size=1)
    try:
        await migrate.upgrade(url)
        yield database
    finally:
        await database.close()


async def in_force(database: Database) -> Published:
    """The rulebook in force; where there is none yet, the shipped one is put in force."""
    rulebook = RulebookInForce(database)
    try:
        await rulebook.load()
    except NotFound:
        toml = read_toml(RULEBOOK)
        rules, written = parse(toml), Written(toml=toml)
        await database.run(lambda tx: publish(tx, rules, AUTHOR, clock(), written))
        await rulebook.load()
    return rulebook.current


def read_rulebook(file: Path) -> Rulebook:
    """Read and check a rulebook. Raises `BadInput` and `OSError`."""
    return parse(read_toml(file))


def read_toml(file: Path) -> str:
    """The text of a rulebook. Raises `BadInput` and `OSError`."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("A rulebook is text in UTF-8.", code="bad-rulebook") from error
