"""The supervisor's board: a socket to be folded, the numbers at once, and orders."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated

import msgspec
from litestar import get, post, websocket
from litestar.di import NamedDependency
from litestar.params import JSONBody

from contactcenter.actions.note import Noted, note
from contactcenter.actions.transfer import Assigned, assign, requeue
from contactcenter.api import sockets
from contactcenter.api.access import Caller, who
from contactcenter.api.drill import MEANS
from contactcenter.api.paging import END, Id, Limit, Place
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.errors import Refusal
from contactcenter.explanation import Explanation, StillWaiting
from contactcenter.live import frames
from contactcenter.live.hub import Client, Hub
from contactcenter.live.queues import QueueShown, summarise
from contactcenter.live.shown import AgentShown
from contactcenter.model.caller import Actor
from contactcenter.model.opening_hours import wait_begins
from contactcenter.model.rulebook import Published
from contactcenter.record.audit import audit

WHO = who("supervisor", "administrator")

_decoder: msgspec.json.Decoder[frames.FromBoard] = msgspec.json.Decoder(frames.FromBoard)


class AgentNow(msgspec.Struct, frozen=True):
    """An agent: what they are since when, and how many items they carry."""

    id: int
    shown: AgentShown
    items: int


class Numbers(msgspec.Struct, frozen=True):
    """All queues and agents at one moment of the log."""

    seq: int
    at: datetime
    service_level_means: str
    queues: list[QueueShown]
    agents: list[AgentNow]


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """An offer and why it was made; of what earlier versions decided only the sentence is told."""

    offer: int
    at: datetime
    item: int
    queue: str
    agent: int
    sentence: str
    outcome: str
    reason: str | None
    ended_at: datetime | None
    rulebook_version: int
    explanation: Explanation | None


class WaitingNow(msgspec.Struct, frozen=True):
    """Null of what does not wait for an agent, be it unknown or somebody's already."""

    waiting: StillWaiting | None


class Decisions(msgspec.Struct, frozen=True):
    """`next`: the `before` of the following page."""

    items: list[Explained]
    next: int | None


class Assign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom. They get it at once, whatever they carry."""

    agent: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


class Requeue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Into which queue; without one, that where it waited."""

    queue: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None


class NewNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What colleagues are told; the customer never sees it."""

    text: frames.Text


@websocket("/v1/board", opt=WHO)
async def board(
    socket: sockets.AnySocket,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    hub: NamedDependency[Hub],
    clock: NamedDependency[Callable[[], datetime]],
) -> None:
    """The board as it is, and then every fact that changes it."""
    assert caller.session_id is not None
    await socket.accept()
    if await sockets.greeting(socket, _decoder.decode, frames.Watch) is None:
        return

    async def restart() -> None:
        hub.show(client)

    async def receive(data: bytes) -> None:
        match _decoder.decode(data):
            case frames.Watch():
                hub.show(client)
            case frames.Follow(conversation):
                client.follows = conversation

    writer = sockets.Writer(socket, restart)
    client = Client(caller.person_id or 0, caller.session_id, writer.ring)
    hub.watch(client)
    ends = sockets.close_at_end(client, caller, clock())
    try:
        await sockets.check_session(database, caller)
        writer.serve(client)
        await sockets.read(socket, client, receive)
    except Refusal as refusal:
        await sockets.dismiss(socket, refusal)
    except sockets.Gone:
        return
    finally:
        hub.unwatch(client)
        writer.stop()
        if ends:
            ends.cancel()


@get("/v1/board/numbers", opt=WHO, tags=["supervision"], operation_id="GetBoard")
async def numbers(
    hub: NamedDependency[Hub], book: NamedDependency[Published], now: NamedDependency[datetime]
) -> Numbers:
    """Per queue: waiting, longest wait, service level, answered, abandoned; and every agent."""
    carried: dict[int, int] = {}
    for owned in hub.board.owned.values():
        carried[owned.agent] = carried.get(owned.agent, 0) + 1
    return Numbers(
        seq=hub.board.seq,
        at=now,
        service_level_means=MEANS,
        queues=summarise(hub.board, book.rules.queues, now, partial(wait_begins, book.rules)),
        agents=[
            AgentNow(agent, shown, carried.get(agent, 0))
            for agent, shown in sorted(hub.board.agents.items())
        ],
    )


@get("/v1/decisions", opt=WHO, tags=["supervision"], operation_id="ListDecisions")
async def decisions(
    database: NamedDependency[Database],
    before: Place = END,
    item: Place = 0,
    limit: Limit = 50,
) -> Decisions:
    """The last offers and why each was made, newest first; of one item, where it is named."""
    async with database.snapshot() as tx:
        rows = await tx.many(Explained, "offers.explained", before, item or None, limit)
    return Decisions(rows, rows[-1].offer if len(rows) == limit else None)


@get("/v1/items/{item:int}/waiting", opt=WHO, tags=["supervision"], operation_id="ExplainWaiting")
async def why_waiting(
    item: Id, still_waiting: NamedDependency[Callable[[int], Awaitable[StillWaiting | None]]]
) -> WaitingNow:
    """Why an item is still waiting, and what would help."""
    return WaitingNow(await still_waiting(item))


@post(
    "/v1/items/{item:int}/assign",
    opt=WHO
    | refuses("409 item-ended", "409 agent-offline", "409 already-theirs", "409 item-changed"),
    status_code=200,
    tags=["supervision"],
    operation_id="AssignItem",
)
async def assign_item(
    item: Id,
    data: JSONBody[Assign],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
) -> Assigned:
    """Give an item to an agent, who may be yourself. The answer says if that exceeds capacity."""

    async def order(tx: Tx) -> Assigned:
        assigned = await assign(tx, actor.id or 0, item, data.agent, book, now)
        detail = {"agent": data.agent, "over_capacity": assigned.over_capacity}
        await audit(tx, actor, "item.assigned", "work_item", item, now, after=detail)
        return assigned

    return await database.run(order)


@post(
    "/v1/items/{item:int}/requeue",
    opt=WHO | refuses("409 item-ended", "409 item-changed", "422 unknown-queue"),
    status_code=204,
    tags=["supervision"],
    operation_id="RequeueItem",
)
async def requeue_item(
    item: Id,
    data: JSONBody[Requeue],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    book: NamedDependency[Published],
    now: NamedDependency[datetime],
) -> None:
    """Take an item from whoever has it, and let it wait in a queue."""

    async def order(tx: Tx) -> None:
        await requeue(tx, item, data.queue, actor, book, now)
        await audit(tx, actor, "item.requeued", "work_item", item, now, after={"queue": data.queue})

    await database.run(order)


@post(
    "/v1/conversations/{conversation:int}/notes",
    opt=WHO,
    tags=["supervision"],
    operation_id="NoteInConversation",
)
async def post_note(
    conversation: Id,
    data: JSONBody[NewNote],
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Noted:
    """Leave a note for whoever has the work: it is on their desktop at once."""
    author = actor.id or 0
    return await database.run(
        lambda tx: note(tx, author, conversation, data.text, now, request_id=actor.request_id)
    )


ROUTES = [board, numbers, decisions, why_waiting, assign_item, requeue_item, post_note]
