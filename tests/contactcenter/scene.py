"""What scenarios begin with: two agents, work that one has, and work that waits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from contactcenter.actions.bots import Said
from contactcenter.actions.merge import merge
from contactcenter.actions.people import NewPerson, create_person
from contactcenter.actions.presence import connect, disconnect, set_presence
from contactcenter.actions.teams import NewTeam, create_team
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.floor import NOW, Floor, reply, resolve


class Scene:
    """`agent` has `mine`, the item `waiting` waits, and the agent `other` is free."""

    def __init__(self, floor: Floor, number: int = 0) -> None:
        self.floor = floor
        self.number = number

    def at(self, seconds: float) -> datetime:
        """Scenes that follow each other in one house are days apart."""
        return NOW + timedelta(days=3 * self.number, seconds=seconds)

    def who(self, name: str) -> str:
        return f"{name} {self.number}"

    async def set(self) -> None:
        self.agent = await self.hire()
        self.other = await self.hire()
        self.mine = await self.floor.active(self.agent, self.who("mine"), self.at(0))
        self.waiting = await self.floor.waiting(self.who("waiting"), at=self.at(0))

    async def hire(self) -> int:
        floor, number = self.floor, next(self.floor.desk.numbers)
        new = NewPerson(login=f"a{number}", name=f"Agent {number}", role="agent")
        person = (await floor.run(create_person, new, SYSTEM, self.at(0))).id
        await floor.run(set_presence, person, "available", None, floor.book, self.at(0))
        await self.open_socket(person)
        return person

    async def team(self, lead: int | None, name: str = "First") -> int:
        new = NewTeam(name=self.who(name), lead=lead)
        return (await self.floor.run(create_team, new, SYSTEM, self.at(1))).id

    async def open_socket(self, agent: int, process: str = "here") -> int:
        await self.floor.run(lambda tx: tx.do("processes.renew", process, 60.0))
        await self.floor.desk.cookie(agent)
        session = await self.floor.desk.value("SELECT max(id) FROM staff_session")
        return await self.floor.run(connect, agent, process, session, self.at(0))

    async def sockets(self, agent: int) -> list[Any]:
        rows = await self.floor.desk.rows("SELECT id FROM socket WHERE agent_id = $1", agent)
        return [row["id"] for row in rows]

    async def vanish(self, agent: int) -> None:
        for socket in await self.sockets(agent):
            await self.floor.run(disconnect, socket, self.floor.book, self.at(5))

    async def offer(self) -> int:
        return await self.floor.offer(self.waiting, self.other, self.at(1))

    async def answer(self, seconds: float = 2) -> None:
        await self.floor.run(
            reply,
            self.agent,
            self.mine,
            "So?",
            seen=9,
            connection_id=None,
            book=self.floor.book,
            now=self.at(seconds),
        )

    async def resolved(self) -> None:
        await self.floor.run(resolve, self.agent, self.mine, "solved", self.floor.book, self.at(3))

    async def with_bot(self) -> tuple[int, Callable[[str], Said]]:
        """An item that a bot has, and what makes the bot's words."""
        desk = self.floor.desk
        key, _ = await desk.key("interactions:write")
        await desk.rows("UPDATE api_key SET revoked_at = now() WHERE name = 'assistant'")
        await desk.rows("UPDATE api_key SET name = 'assistant' WHERE id = $1", key)
        await desk.say(self.who("of the bot"), by="web", channel="web", at=self.at(1))
        connection = await desk.channel("assistant", "bot")
        [row] = await desk.rows("SELECT id, epoch FROM work_item ORDER BY id DESC LIMIT 1")

        def words(key_of_it: str) -> Said:
            return Said(
                key_id=key,
                connection_id=connection,
                key=key_of_it,
                digest=b"",
                item=row["id"],
                epoch=row["epoch"],
                text="beep",
                occurred_at=self.at(2),
            )

        return row["id"], words

    async def conversation(self, item: int) -> int:
        return (await self.floor.item(item))["conversation_id"]

    async def customer(self, item: int) -> int:
        return (await self.floor.item(item))["customer_id"]

    async def merge(self, loser: int, winner: int) -> None:
        await self.floor.run(
            merge,
            await self.customer(loser),
            await self.customer(winner),
            SYSTEM,
            self.floor.book,
            self.at(9),
        )
