"""People, bots and connections for a test, made as an administrator makes them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx

from contactcenter.actions.connections import NewConnection, create_connection
from contactcenter.actions.keys import NewKey, create_key
from contactcenter.actions.people import NewPerson, configure_agent, create_person
from contactcenter.actions.undo import set_undo
from contactcenter.db.database import Database
from contactcenter.model import credential
from contactcenter.model.caller import SYSTEM
from contactcenter.model.person import Abilities
from contactcenter.model.rulebook import Published
from tests.contactcenter.clients import Desktop


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Member:
    """A person, and the headers with which their browser calls."""

    id: int
    headers: dict[str, str]
    socket_url: str

    def desktop(self) -> Desktop:
        return Desktop(self.socket_url, self.headers)


@dataclass
class Bot:
    """A bot with a connection of its own: `post` sends one item or several."""

    id: int
    connection: int
    headers: dict[str, str]
    client: httpx.AsyncClient
    keys: "count[int]" = field(default_factory=lambda: count(1))

    async def post(self, **item: Any) -> httpx.Response:
        item = {"key": f"{self.id}-{next(self.keys)}", **item}
        return await self.client.post("/v1/interactions", json=item, headers=self.headers)

    async def hears(self, who: str, text: str = "hello", **more: Any) -> dict[str, Any]:
        """A customer says something; returns where it stands."""
        sender = {"scheme": "phone", "value": who}
        answer = await self.post(**{"type": "message", "from": sender, "text": text, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()


@dataclass
class Team:
    """Makes people and bots in a running application."""

    database: Database
    book: Published
    client: httpx.AsyncClient
    socket_url: str
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def hire(
        self, role: str = "agent", name: str | None = None, *, undo_s: int = 0, **abilities: Any
    ) -> Member:
        """A person who is signed in; an agent can do what `abilities` say.

        What they say leaves at once, unless `undo_s` says otherwise.
        """
        number = next(self.numbers)
        name = name or f"{role.title()} {number}"
        new = NewPerson(login=f"{role}{number}", name=name, role=role)
        person = await self.database.run(lambda tx: create_person(tx, new, SYSTEM, now()))
        if role == "agent":
            able = Abilities(**abilities)
            await self.database.run(
                lambda tx: configure_agent(tx, person.id, able, self.book.rules, SYSTEM, now())
            )
            await self.database.run(lambda tx: set_undo(tx, person.id, undo_s, now()))
        return await self.sign_in(person.id)

    async def sign_in(self, person: int) -> Member:
        """With a sign-in of their own, beside others that they have."""
        token = credential.issue("ccs_")
        ends = now() + timedelta(hours=1)
        hashed = credential.digest(token)
        await self.database.run(
            lambda tx: tx.maybe(int, "sessions.open", hashed, person, "", "", now(), ends)
        )
        headers = {"Cookie": f"contactcenter_session={token}", "Sec-Fetch-Site": "same-origin"}
        return Member(person, headers, self.socket_url)

    async def bot(self, name: str = "front") -> Bot:
        """A bot that posts; the rulebook's entry rules know it by its name."""
        token = credential.issue("cck_")
        new = NewKey(name=name, scopes=frozenset({"interactions:write"}))
        key = await self.database.run(
            lambda tx: create_key(tx, new, credential.digest(token), SYSTEM, now())
        )
        wanted = NewConnection(name=name, channel="bot", api_key_id=key.id)
        connection = await self.database.run(
            lambda tx: create_connection(tx, wanted, self.book.rules, SYSTEM, now())
        )
        headers = {"Authorization": f"Bearer {token}"}
        return Bot(key.id, connection.id, headers, self.client)
