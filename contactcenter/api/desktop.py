"""The agent's desktop: one socket for what happens, and for what the agent does."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, assert_never

import msgspec
from litestar import websocket
from litestar.di import NamedDependency

from contactcenter.actions.consult import ask, end, join, take_over
from contactcenter.actions.handle.hold import hold_reply, send_now, take_back
from contactcenter.actions.miss import decline
from contactcenter.actions.note import note
from contactcenter.actions.presence import connect, disconnect, set_presence
from contactcenter.actions.read import read as mark_read
from contactcenter.actions.transfer import transfer
from contactcenter.actions.wrap_up import finish_wrap_up
from contactcenter.api import sockets
from contactcenter.api.access import STAFF, Caller, who
from contactcenter.api.commands import Asked, Handled, as_reply, once
from contactcenter.api.problems import internal
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.db.tail import LogRow, read_known
from contactcenter.db.tx import Tx
from contactcenter.errors import Refusal, Unavailable
from contactcenter.live import frames
from contactcenter.live.audience import EVERYBODY, agents_concerned
from contactcenter.live.fanout import Fanout
from contactcenter.live.hub import Client, Hub
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.live.stream import encode
from contactcenter.model.rulebook import Published
from contactcenter.record.desk import read_desk
from contactcenter.settings import Settings

Handling = Batch[Asked[Handled], frames.Answer]
Alone = (
    frames.SetPresence
    | frames.Decline
    | frames.HoldReply
    | frames.TakeBackReply
    | frames.SendHeldReply
    | frames.Note
    | frames.Read
    | frames.Transfer
    | frames.Consult
    | frames.JoinConsult
    | frames.EndConsult
    | frames.TakeOver
    | frames.FinishWrapUp
)
"""Commands that are a transaction of their own."""

REPLAY_MAX = 2_000
"""Who has missed more of the log than this gets a snapshot."""

_decoder: msgspec.json.Decoder[frames.FromDesktop] = msgspec.json.Decoder(frames.FromDesktop)


@websocket("/v1/desktop", opt=who(*STAFF))
async def desktop(  # noqa: PLR0913, PLR0917 -- the parts that it works with
    socket: sockets.AnySocket,
    caller: NamedDependency[Caller],
    database: NamedDependency[Database],
    handling: NamedDependency[Handling],
    hub: NamedDependency[Hub],
    fanout: NamedDependency[Fanout],
    rulebook: NamedDependency[RulebookInForce],
    settings: NamedDependency[Settings],
    clock: NamedDependency[Callable[[], datetime]],
) -> None:
    """An agent at work, until the socket closes. Whoever has no socket is gone."""
    assert caller.person_id is not None
    assert caller.session_id is not None
    await socket.accept()
    hello = await sockets.greeting(socket, _decoder.decode, frames.Hello)
    if hello is None:
        return
    desk = _Desk(database, handling, hub, fanout, rulebook, clock)
    writer = sockets.Writer(socket, desk.restart)
    client = desk.client = Client(caller.person_id, caller.session_id, writer.ring)
    hub.join(client)
    ends = sockets.close_at_end(client, caller, clock())
    try:
        await sockets.check_session(database, caller)
        client.number = await database.run(
            lambda tx: connect(tx, client.agent, settings.process, client.session, clock())
        )
        await desk.begin(hello.resume)
        writer.serve(client)
        await sockets.read(socket, client, desk.receive)
    except Refusal as refusal:
        await sockets.dismiss(socket, refusal)
    except sockets.Gone:
        return
    finally:
        hub.leave(client)
        writer.stop()
        if ends:
            ends.cancel()
        if client.number is not None:
            await asyncio.shield(_leave(database, client.number, rulebook.current, clock()))


async def _leave(database: Database, number: int, book: Published, now: datetime) -> None:
    """Say that the socket is closed. Where that fails, the process says it later."""
    try:
        await database.run(lambda tx: disconnect(tx, number, book, now))
    except Unavailable:
        return


class _Desk:
    """One agent's connection: it starts the stream, and does what the frames ask."""

    __slots__ = (
        "_beginning",
        "_clock",
        "_database",
        "_fanout",
        "_handling",
        "_hub",
        "_rulebook",
        "client",
    )

    def __init__(
        self,
        database: Database,
        handling: Handling,
        hub: Hub,
        fanout: Fanout,
        rulebook: RulebookInForce,
        clock: Callable[[], datetime],
    ) -> None:
        self.client: Client
        self._beginning = asyncio.Lock()
        self._database = database
        self._handling = handling
        self._hub = hub
        self._fanout = fanout
        self._rulebook = rulebook
        self._clock = clock

    async def begin(self, resume: int | None) -> None:
        """Start the stream: with what was missed since `resume`, or with the whole desktop.

        The reader (a new `hello`) and the writer (a lost stream) may both ask for it: one after
        the other, since of two that run at once the later would lose what the earlier has sent.
        """
        async with self._beginning:
            await self._begin(resume)

    async def restart(self) -> None:
        """The stream was lost: the whole desktop anew."""
        await self.begin(None)

    async def _begin(self, resume: int | None) -> None:
        agent = self.client.agent
        self.client.stream.restart()
        missed: list[tuple[int, bytes]] = []
        desk = None
        async with self._database.snapshot() as tx:
            seq = await tx.one(int, "log.last")
            oldest = await tx.one(int, "log.oldest")
            resumed = resume is not None and oldest <= resume + 1 <= seq + 1 <= resume + REPLAY_MAX
            if resumed and resume is not None:
                rows = await read_known(tx, resume, REPLAY_MAX)
                missed = [(r.seq, msgspec.json.encode(r.fact)) for r in rows if _shown(r, agent)]
                seq = resume
            else:
                desk = await read_desk(tx, agent, self._rulebook.current)
        welcome = frames.Welcome(frames.VERSION, seq, resumed, desk)
        self.client.stream.start(encode(welcome), seq, missed)
        self.client.ring()

    async def receive(self, data: bytes) -> None:
        """One frame of the agent."""
        frame = _decoder.decode(data)
        match frame:
            case frames.Hello():
                await self.begin(frame.resume)
            case frames.Follow():
                self._hub.follow(self.client, frame.conversation)
            case frames.FollowCustomer():
                self._hub.follow_customer(self.client, frame.customer)
            case frames.Typing():
                if self._hub.owners.get(frame.conversation) == self.client.agent:
                    agent = self.client.agent
                    self._fanout.signal("typing", frame.conversation, "agent", agent)
            case _:
                await self._do(frame)

    async def _do(self, command: frames.AnyCommand) -> None:
        try:
            answer = await self._answer(command)
        except Refusal as refusal:
            answer = frames.Answer(command.id, ok=False, problem=refusal.problem())
        except Exception as error:  # noqa: BLE001 -- a defect of ours costs nobody their desk
            problem = internal(type(command).__name__, error)
            answer = frames.Answer(command.id, ok=False, problem=problem)
        self.client.stream.say(encode(answer))
        self.client.ring()

    async def _answer(self, command: frames.AnyCommand) -> frames.Answer:
        agent = self.client.agent
        match command:
            case frames.Accept() | frames.Reply() | frames.Resolve():
                return await self._handling.submit(Asked(agent, command))
            case _:
                now = self._clock()
                act = partial(self._act, command, self._rulebook.current, now)
                return await once(self._database, agent, command, act, now)

    async def _act(  # noqa: C901, PLR0911, PLR0912 -- a line for each command
        self, command: Alone, book: Published, now: datetime, tx: Tx
    ) -> Any:
        agent = self.client.agent
        match command:
            case frames.SetPresence():
                return await set_presence(tx, agent, command.state, command.reason, book, now)
            case frames.Decline():
                return await decline(tx, agent, command.offer, book, now)
            case frames.HoldReply():
                return await hold_reply(tx, as_reply(agent, command), command.undo_s, now)
            case frames.TakeBackReply():
                return await take_back(tx, agent, command.held, now)
            case frames.SendHeldReply():
                return await send_now(tx, agent, command.held, book, now)
            case frames.Note():
                return await note(
                    tx,
                    agent,
                    command.conversation,
                    command.text,
                    now,
                    request_id=command.id,
                    files=command.files,
                )
            case frames.Read():
                return await mark_read(tx, agent, command.conversation, command.number, now)
            case frames.Transfer():
                return await transfer(
                    tx,
                    agent,
                    command.item,
                    queue=command.queue,
                    to_agent=command.agent,
                    note=command.note,
                    book=book,
                    now=now,
                )
            case frames.Consult():
                return await ask(tx, agent, command.item, command.agent, command.question, now)
            case frames.JoinConsult():
                return await join(tx, agent, command.consult, now)
            case frames.EndConsult():
                return await end(tx, agent, command.consult, now)
            case frames.TakeOver():
                return await take_over(tx, agent, command.consult, book, now)
            case frames.FinishWrapUp():
                return await finish_wrap_up(tx, agent, command.item, now)
            case _:
                assert_never(command)


def _shown(row: LogRow, agent: int) -> bool:
    concerned = agents_concerned(row.fact)
    return agent in concerned or concerned == EVERYBODY


ROUTES = [desktop]
