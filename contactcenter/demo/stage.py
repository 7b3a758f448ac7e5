"""The demo's people, bot and connections, set up over the API as an administrator does.

Every start finds what an earlier one has left, and mends what is missing or has been changed.
"""

from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec

from contactcenter.actions.connections import fingerprint
from contactcenter.actions.passwords import make_link, set_by_link
from contactcenter.actions.people import NewPerson, create_person
from contactcenter.clock import clock
from contactcenter.db.database import Database
from contactcenter.demo import cast
from contactcenter.demo.bot import Bot
from contactcenter.demo.cast import Person
from contactcenter.demo.clients import Http
from contactcenter.demo.memory import Memory
from contactcenter.demo.step import Refused
from contactcenter.errors import Conflict
from contactcenter.explanation import Explanation, sentence
from contactcenter.model import password
from contactcenter.model.caller import SYSTEM
from contactcenter.model.credential import digest, issue
from contactcenter.record.prove import Candidate

Shown = dict[str, Any]


class Staff(msgspec.Struct, frozen=True):
    """One of the cast, with an id and a signed-in client."""

    id: int
    person: Person
    http: Http


def in_words(why: Shown, staff: Iterable[Staff]) -> str:
    """A decision's explanation in English, with the names of the cast."""
    names = {each.id: each.person.name for each in staff}
    return sentence(msgspec.convert(why, Explanation), lambda id_: names.get(id_, f"agent {id_}"))


class Stage:
    """Call in this order: `people`, `connections`, `bot`. What is opened is closed by `stack`."""

    def __init__(self, url: str, folder: Path, memory: Memory, stack: AsyncExitStack) -> None:
        self.url = url
        self.memory = memory
        self.staff: dict[str, Staff] = {}
        self._folder = folder
        self._stack = stack
        self._administrator: Http

    async def people(self, database: Database) -> None:
        """Sign everybody in; the first administrator is made without the API, which needs one."""
        for person in cast.PEOPLE:
            self.memory.password(person.login)
        self.memory.keep(self._folder)
        first, *others = cast.PEOPLE
        self._administrator = await self._client()
        try:
            me = await self._sign_in(self._administrator, first)
        except Refused:
            await _make_administrator(database, first, self.memory.password(first.login))
            me = await self._sign_in(self._administrator, first)
        self.staff[first.login] = Staff(me["id"], first, self._administrator)
        page = await self._call("GET", "/v1/people?limit=200")
        known = {each["login"]: each for each in page["items"]}
        for person in others:
            self.staff[person.login] = await self._hire(person, known)

    async def connections(self) -> None:
        """The website and the app, each with the secret that its server signs with."""
        known = await self._known("/v1/connections")
        port = self.url.rpartition(":")[2]
        pages = [self.url, f"http://localhost:{port}"]
        for name, channel, origins in ((cast.WEB, "web", pages), (cast.MOBILE, "mobile", [])):
            found = known.get(name) or await self._call(
                "POST", "/v1/connections", {"name": name, "channel": channel}
            )
            path = f"/v1/connections/{found['id']}"
            await self._call("PATCH", path, {"origins": origins, "disabled": False})
            await self._share_secret(path, self.memory.secret(name), found["secret_fingerprints"])
        self.memory.keep(self._folder)

    async def bot(self, bot: Bot) -> None:
        """The bot's key, its own connection, and where it is told what happens."""
        keys = await self._known("/v1/keys?limit=200")
        key = keys.get(cast.BOT)
        if key is None or key["revoked_at"] or key["id"] != self.memory.key:
            await self._make_key(key)
        await self._give_connection(self.memory.key)
        bot.api = Http(self.url, Authorization=f"Bearer {self.memory.key_secret}")
        await self._stack.enter_async_context(bot.api)
        path = f"/v1/keys/{self.memory.key}/webhook"
        bot.secret = (await self._call("PUT", path, {"url": bot.url}))["secret"]
        trial = await self._call("POST", f"{path}/test")
        if not trial["delivered"]:
            raise Refused(f"the bot does not take webhooks: {trial['status']} {trial['error']}")

    async def _client(self) -> Http:
        return await self._stack.enter_async_context(Http(self.url, Origin=self.url))

    async def _call(self, method: str, path: str, body: Any = None) -> Any:
        return await self._administrator.call(method, path, body)

    async def _known(self, path: str) -> dict[str, Shown]:
        return {each["name"]: each for each in (await self._call("GET", path))["items"]}

    async def _sign_in(self, client: Http, person: Person) -> Shown:
        given = {"login": person.login, "password": self.memory.password(person.login)}
        return await client.call("POST", "/v1/sign-in", given)

    async def _hire(self, person: Person, known: dict[str, Shown]) -> Staff:
        client = await self._client()
        if person.login in known:
            number = known[person.login]["id"]
        else:
            new = {"login": person.login, "name": person.name, "role": person.role}
            number = (await self._call("POST", "/v1/people", new))["id"]
            await self._set_password(client, number, person)
        if person.role == "agent":
            path = f"/v1/people/{number}/abilities"
            await self._call("PUT", path, {"skills": person.skills})
        try:
            await self._sign_in(client, person)
        except Refused:
            await self._set_password(client, number, person)
            await self._sign_in(client, person)
        return Staff(number, person, client)

    async def _set_password(self, client: Http, number: int, person: Person) -> None:
        link = await self._call("POST", f"/v1/people/{number}/password-link")
        given = {"token": link["token"], "password": self.memory.password(person.login)}
        await client.call("POST", "/v1/password-by-link", given)

    async def _share_secret(self, path: str, secret: str, known: list[str]) -> None:
        """Only the secret that we remember is left: what an earlier demo has lost, nobody knows."""
        mine = fingerprint(secret)
        for other in known:
            if other != mine:
                await self._call("DELETE", f"{path}/secrets/{other}")
        if mine not in known:
            await self._call("POST", f"{path}/secrets", {"secret": secret})

    async def _make_key(self, former: Shown | None) -> None:
        """A key whose secret is lost is replaced."""
        if former and not former["revoked_at"]:
            await self._call("DELETE", f"/v1/keys/{former['id']}")
        made = await self._call(
            "POST", "/v1/keys", {"name": cast.BOT, "scopes": ["interactions:write"]}
        )
        self.memory.key, self.memory.key_secret = made["key"]["id"], made["secret"]
        self.memory.keep(self._folder)

    async def _give_connection(self, key: int) -> None:
        found = (await self._known("/v1/connections")).get(cast.BOT)
        if found is None:
            new = {"name": cast.BOT, "channel": "bot", "api_key_id": key}
            await self._call("POST", "/v1/connections", new)
        elif found["api_key_id"] != key:
            await self._call("PATCH", f"/v1/connections/{found['id']}", {"api_key_id": key})


async def _make_administrator(database: Database, first: Person, given: str) -> None:
    """Make the first administrator, or give the one there is this password."""
    new = NewPerson(login=first.login, name=first.name, role=first.role)
    kept, now, token = password.hashed(given), clock(), issue("ccr_")
    try:
        await database.run(lambda tx: create_person(tx, new, SYSTEM, now, password_hash=kept))
    except Conflict:
        async with database.snapshot() as tx:
            found = await tx.one(Candidate, "people.candidate", first.login)
        link = digest(token)
        await database.run(lambda tx: make_link(tx, found.id, link, SYSTEM, now))
        await database.run(lambda tx: set_by_link(tx, link, kept, now))
