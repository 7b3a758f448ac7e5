"""Work on the floor, by actions alone: customers wait, agents are offered work and take it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from contactcenter.actions.extend import Refused, extend
from contactcenter.actions.handle import (
    Accept,
    Accepted,
    Command,
    Replied,
    Reply,
    Resolve,
    Resolved,
    handle,
)
from contactcenter.actions.publish import publish
from contactcenter.db.tx import Tx
from contactcenter.errors import Refusal
from contactcenter.explanation import Explanation, LongestIdle
from contactcenter.model.offer import Proposal
from contactcenter.model.rulebook import Published, Rulebook
from contactcenter.record.clocks import follow

if TYPE_CHECKING:
    from tests.contactcenter.conftest import Desk

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def changed(rules: Rulebook, **sections: dict[str, object]) -> Rulebook:
    """The same rules with fields of sections changed, as in `offers={"cooldown_s": 0}`."""
    return msgspec.structs.replace(
        rules,
        **{
            name: msgspec.structs.replace(getattr(rules, name), **fields)
            for name, fields in sections.items()
        },
    )


def queue(rules: Rulebook, name: str, **fields: object) -> Rulebook:
    """The same rules with one queue changed."""
    there = msgspec.structs.replace(rules.queues[name], **fields)
    return msgspec.structs.replace(rules, queues={**rules.queues, name: there})


def channel(rules: Rulebook, name: str, **fields: object) -> Rulebook:
    """The same rules with one channel changed."""
    there = msgspec.structs.replace(rules.channels[name], **fields)
    return msgspec.structs.replace(rules, channels={**rules.channels, name: there})


async def alone(tx: Tx, command: Command, book: Published, now: datetime) -> Any:
    """An agent's command in a batch of its own; raises what it is refused with."""
    [result] = await handle(tx, [command], book, now)
    if isinstance(result, Refusal):
        raise result
    return result


async def accept(tx: Tx, agent: int, offer: int, book: Published, now: datetime) -> Accepted:
    return await alone(tx, Accept(agent, offer), book, now)


async def reply(  # noqa: PLR0913 -- what a reply has
    tx: Tx,
    agent: int,
    item: int,
    text: str,
    *,
    seen: int,
    connection_id: int | None,
    book: Published,
    now: datetime,
    request_id: str | None = None,
) -> Replied:
    said = Reply(
        agent=agent,
        item=item,
        text=text,
        seen=seen,
        connection=connection_id,
        request_id=request_id,
    )
    return await alone(tx, said, book, now)


async def resolve(
    tx: Tx, agent: int, item: int, disposition: str, book: Published, now: datetime
) -> Resolved:
    return await alone(tx, Resolve(agent, item, disposition), book, now)


def proposal(item: int, agent: int) -> Proposal:
    """What the engine says of an item that came just now, to an agent who was idle for 4 s."""
    why = Explanation(
        item=item,
        queue="care",
        channel="web",
        winner=agent,
        runner_up=None,
        terms=(LongestIdle(4_000_000),),
        others=(),
        requirement={},
        step=0,
        version=1,
        waited_us=0,
    )
    return Proposal(item_id=item, agent_id=agent, explanation=why)


@dataclass
class Floor:
    """`run` an action in a transaction; the rest are the ways into the states that tests need."""

    desk: "Desk"
    book: Published
    epoch: int = 0

    async def run(self, action: Callable[..., Awaitable[Any]], *args: Any, **more: Any) -> Any:
        self.desk.database.ending = lambda tx: follow(tx, self.book)
        return await self.desk.database.run(lambda tx: action(tx, *args, **more))

    def rules(self, **sections: dict[str, object]) -> None:
        """Other rules from here on."""
        self.book = Published(self.book.version + 1, changed(self.book.rules, **sections))

    async def publish(self) -> None:
        await self.run(publish, self.book.rules, "test", NOW)

    async def waiting(self, who: str = "1", text: str = "hello", at: datetime = NOW) -> int:
        """The item of a customer who has written."""
        said = await self.desk.say(who, text, at=at)
        return await self.desk.value(
            "SELECT max(id) FROM work_item WHERE conversation_id = $1", said.conversation
        )

    async def lead(self) -> int:
        """Hold the router's lease."""
        self.epoch = await self.run(lambda tx: tx.one(int, "leases.take", "router", "test", 60.0))
        return self.epoch

    async def propose(
        self, *pairs: tuple[int, int], at: datetime = NOW, epoch: int | None = None
    ) -> Sequence[Refused]:
        """Put items to agents, as the engine would."""
        if not self.epoch:
            await self.lead()
        proposals = [proposal(item, agent) for item, agent in pairs]
        return await self.run(extend, proposals, epoch or self.epoch, self.book, at)

    async def offer(self, item: int, agent: int, at: datetime = NOW) -> int:
        """The id of a pending offer."""
        assert await self.propose((item, agent), at=at) == []
        return await self.desk.value("SELECT max(id) FROM offer WHERE item_id = $1", item)

    async def active(self, agent: int, who: str = "1", at: datetime = NOW) -> int:
        """An item that the agent has, of a customer who has written once."""
        item = await self.waiting(who, at=at)
        await self.run(accept, agent, await self.offer(item, agent, at), self.book, at)
        return item

    async def ring(
        self, effect: Callable[..., Awaitable[None]], kind: str, at: datetime
    ) -> list[dict[str, object]]:
        """Make all timers of a kind due, and fire them; returns what was set, as it was."""
        timers = await self.desk.rows("SELECT * FROM timer WHERE kind = $1 ORDER BY subject", kind)
        await self.desk.rows("UPDATE timer SET due_at = now() WHERE kind = $1", kind)
        rings = {t["subject"]: t["generation"] for t in timers}
        await self.run(effect, rings, self.book, at)
        return timers

    async def timers(self) -> list[tuple[object, ...]]:
        """All that are set: kind, subject, when."""
        rows = await self.desk.rows(
            "SELECT kind, subject, due_at FROM timer ORDER BY kind, subject"
        )
        return [tuple(row.values()) for row in rows]

    async def item(self, item: int) -> dict[str, Any]:
        [row] = await self.desk.rows("SELECT * FROM work_item WHERE id = $1", item)
        return row

    async def state(self, item: int) -> object:
        return (await self.item(item))["state"]

    async def agent(self, agent: int) -> dict[str, Any]:
        [row] = await self.desk.rows("SELECT * FROM agent WHERE id = $1", agent)
        return row

    async def offers(self) -> list[tuple[object, ...]]:
        """Every offer: item, agent, state, reason."""
        rows = await self.desk.rows(
            "SELECT item_id, agent_id, state, reason FROM offer ORDER BY id"
        )
        return [tuple(row.values()) for row in rows]

    async def facts(self) -> list[str]:
        """The kinds of all facts in the log's order."""
        rows = await self.desk.rows("SELECT fact ->> 'fact' AS fact FROM log ORDER BY seq")
        return [str(row["fact"]) for row in rows]

    async def quiet(self) -> int:
        """The log's end: nothing was left behind where it has not moved."""
        return await self.desk.value("SELECT coalesce(max(seq), 0) FROM log")
