"""`contactcenter key create`: give a program a key to the API."""

from contactcenter import foundation
from contactcenter.actions.connections import NewConnection, create_connection
from contactcenter.actions.keys import Key, NewKey, create_key
from contactcenter.cli.checked import checked
from contactcenter.cli.tell import note, result
from contactcenter.clock import clock
from contactcenter.db.tx import Tx
from contactcenter.model.caller import SYSTEM
from contactcenter.model.credential import digest, issue
from contactcenter.model.rulebook import Rulebook
from contactcenter.settings import Settings


async def create(
    settings: Settings, *, name: str, scopes: list[str], connection: str | None
) -> None:
    """Make the key, with `connection` a connection of that channel besides; write the secret."""
    new = checked({"name": name, "scopes": scopes}, NewKey)
    secret = issue("cck_")
    async with foundation.reach(settings, note) as database:
        rules = (await foundation.in_force(database)).rules
        key = await database.run(lambda tx: _create(tx, new, connection, rules, secret))
    note(f"key {key.id} {key.name!r} may {', '.join(key.scopes)}; its secret, shown this once:")
    result(secret)


async def _create(tx: Tx, new: NewKey, channel: str | None, rules: Rulebook, secret: str) -> Key:
    now = clock()
    key = await create_key(tx, new, digest(secret), SYSTEM, now)
    if channel is not None:
        own = checked({"name": new.name, "channel": channel, "api_key_id": key.id}, NewConnection)
        await create_connection(tx, own, rules, SYSTEM, now)
    return key
