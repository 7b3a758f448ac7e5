"""`contactcenter connection create`: set up an account by which customers reach us."""

import secrets

from contactcenter import foundation
from contactcenter.actions.connections import (
    Connection,
    NewConnection,
    add_secret,
    create_connection,
)
from contactcenter.cli.checked import checked
from contactcenter.cli.tell import note, result
from contactcenter.clock import clock
from contactcenter.db.tx import Tx
from contactcenter.model.caller import SYSTEM
from contactcenter.model.rulebook import Rulebook
from contactcenter.settings import Settings


async def create(
    settings: Settings, *, name: str, channel: str, origins: list[str], with_secret: bool
) -> None:
    """Make the connection; with a secret, by which its website or app signs who its users are."""
    new = checked({"name": name, "channel": channel, "origins": origins}, NewConnection)
    secret = secrets.token_urlsafe(32) if with_secret else None
    async with foundation.reach(settings, note) as database:
        rules = (await foundation.in_force(database)).rules
        made = await database.run(lambda tx: _create(tx, new, secret, rules))
    note(f"connection {made.id} {made.name!r} takes what comes by {made.channel}")
    if secret is not None:
        note("the secret that signs for its users, shown this once:")
        result(secret)


async def _create(tx: Tx, new: NewConnection, secret: str | None, rules: Rulebook) -> Connection:
    now = clock()
    made = await create_connection(tx, new, rules, SYSTEM, now)
    return made if secret is None else await add_secret(tx, made.id, secret, SYSTEM, now)
