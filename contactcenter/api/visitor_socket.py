"""The visitor's socket: the shell around `live.visitor`, which knows the protocol."""

import asyncio
from datetime import datetime
from typing import Any, assert_never

import msgspec
from litestar import WebSocket, websocket
from litestar.di import NamedDependency

from contactcenter.actions.abandon import leave
from contactcenter.actions.confirm import Confirmation, Receipt
from contactcenter.actions.receive import Inbound, Received
from contactcenter.actions.visit import keep_context
from contactcenter.api.access import Limit, VisitorSession, who
from contactcenter.api.visitor_words import changed_context, check_listed, files_of, inbound
from contactcenter.db.batch import Batch
from contactcenter.db.database import Database
from contactcenter.errors import Conflict, Forbidden, NotSignedIn, Refusal
from contactcenter.live.credentials import Credentials
from contactcenter.live.fanout import Fanout
from contactcenter.live.past import read_identities, read_past
from contactcenter.live.rulebook import RulebookInForce
from contactcenter.live.visitor import SIGNED_OUT, WRONG_ORIGIN, Visitor
from contactcenter.live.visitor_frames import (
    Command,
    Context,
    Delivered,
    Hello,
    Leave,
    Read,
    Send,
    Sent,
    Typing,
)
from contactcenter.live.visitors import Place, Visitors

SEND_S_MAX = 20
"""Whoever takes no byte for so long is gone."""

AnySocket = WebSocket[Any, Any, Any]

_SOCKETS = Limit("visitor-sockets", per_minute=1200, burst=600)


@websocket("/v1/visitor/socket", opt=who("nobody", limit=_SOCKETS))
async def visitor_socket(
    socket: AnySocket,
    database: NamedDependency[Database],
    credentials: NamedDependency[Credentials],
    visitors: NamedDependency[Visitors],
    receiving: NamedDependency[Batch[Inbound, Received]],
    confirming: NamedDependency[Batch[Confirmation, bool]],
    fanout: NamedDependency[Fanout],
    rulebook: NamedDependency[RulebookInForce],
) -> None:
    """A visitor's live conversation, after docs/visitor-protocol.md, until the socket closes."""
    await socket.accept()
    wake = asyncio.Event()
    visitor = Visitor(asyncio.get_running_loop().time(), wake.set)
    house = _House(database, credentials, visitors, receiving, confirming, fanout, rulebook)
    shell = _Shell(socket, visitor, wake, house)
    visitors.come(visitor)
    tasks = [asyncio.create_task(shell.read()), asyncio.create_task(shell.write())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        visitors.go(visitor)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _House(msgspec.Struct, frozen=True):
    """The parts of the house that a visitor's frames reach."""

    database: Database
    credentials: Credentials
    visitors: Visitors
    receiving: Batch[Inbound, Received]
    confirming: Batch[Confirmation, bool]
    fanout: Fanout
    rulebook: RulebookInForce

    def clock(self) -> datetime:
        return self.visitors.clock()


class _Shell:
    """Reads and writes one socket. `_conversation`: the one that the visitor takes part in."""

    def __init__(
        self, socket: AnySocket, visitor: Visitor, wake: asyncio.Event, house: _House
    ) -> None:
        self._socket = socket
        self._visitor = visitor
        self._wake = wake
        self._written = asyncio.Event()
        self._house = house
        self._session: VisitorSession
        self._identities: tuple[int, ...] = ()
        self._conversation: int | None = None

    async def read(self) -> None:
        """Do what the frames ask, one after another, until the peer is gone."""
        loop = asyncio.get_running_loop()
        while True:
            event: Any = await self._socket.receive()
            if event["type"] != "websocket.receive":
                return
            text = event.get("text")
            raw = text if text is not None else event["bytes"]
            command = self._visitor.received(raw, loop.time())
            if command is None:
                continue
            try:
                await self._do(command)
            except Refusal as refusal:
                about = command.client_msg_id if isinstance(command, Send) else None
                self._visitor.refuse(refusal.problem(), about)
                if isinstance(command, Hello):
                    self._visitor.end(
                        WRONG_ORIGIN if isinstance(refusal, Forbidden) else SIGNED_OUT
                    )

    async def write(self) -> None:
        """Send what is to be sent; close when all of it is sent and no more is to come."""
        visitor = self._visitor
        while True:
            await self._wake.wait()
            self._wake.clear()
            while visitor.outgoing:
                if not await self._put(visitor.outgoing.popleft()):
                    return
            self._written.set()
            if visitor.closing:
                await self._socket.close(visitor.closing.code, visitor.closing.reason)
                return

    async def _put(self, frame: str) -> bool:
        try:
            async with asyncio.timeout(SEND_S_MAX):
                await self._socket.send_data(frame)
        except TimeoutError:
            return False
        return True

    async def _do(self, command: Command) -> None:
        match command:
            case Hello():
                await self._open(command)
            case Send():
                await self._send(command)
            case Typing():
                if self._conversation is not None:
                    self._house.fanout.signal("typing", self._conversation, "customer")
            case Delivered():
                await self._confirm(command, "delivered")
            case Read():
                await self._confirm(command, "read")
            case Context():
                await self._keep(command)
            case Leave():
                await self._leave()
            case _:
                assert_never(command)

    async def _open(self, hello: Hello) -> None:
        """Found out who it is, followed the log, and then read the past: in this order."""
        house, visitor = self._house, self._visitor
        self._session = await self._known(hello.token)
        check_listed(self._socket.headers.get("origin"), self._session.origins)
        async with house.database.snapshot() as tx:
            self._identities = await read_identities(tx, self._session)
        place = Place(self._session.id, self._identities, self._session.expires_at)
        house.visitors.greet(visitor, place)
        # Whose session ended between the two would not have been told.
        await self._known(hello.token)
        after = hello.after
        while visitor.state == "opening":
            async with house.database.snapshot() as tx:
                past = await read_past(
                    tx, self._identities, after, signed_in=self._session.scheme == "account"
                )
            if past.conversation:
                self._conversation = past.conversation.id
                house.visitors.take_part(visitor, past.conversation.id)
            self._written.clear()
            visitor.replay(past)
            after = visitor.position
            if visitor.state == "opening":
                await self._written.wait()

    async def _known(self, token: str) -> VisitorSession:
        caller = await self._house.credentials.caller(token, self._house.clock())
        if caller.visitor is None:
            raise NotSignedIn("This is no visitor's token.")
        return caller.visitor

    async def _send(self, words: Send) -> None:
        house = self._house
        now = house.clock()
        files = await files_of(house.database, self._session, words, now)
        said = inbound(self._session, words, now, None, files)
        received = await house.receiving.submit(said)
        self._conversation = received.conversation
        self._visitor.sent(
            Sent(
                client_msg_id=words.client_msg_id,
                interaction=received.interaction,
                conversation=received.conversation,
                number=received.number,
                duplicate=received.duplicate,
            )
        )
        await self._keep(words)

    async def _confirm(self, command: Delivered | Read, receipt: Receipt) -> None:
        confirmation = Confirmation(command.conversation, self._identities, command.number, receipt)
        await self._house.confirming.submit(confirmation)

    async def _keep(self, command: Send | Context) -> None:
        context = changed_context(self._session.context, command.context)
        if context is not None:
            session = self._session.id
            await self._house.database.run(lambda tx: keep_context(tx, session, context))
            self._session = msgspec.structs.replace(self._session, context=context)

    async def _leave(self) -> None:
        conversation = self._conversation
        if conversation is None:
            raise Conflict("There is no conversation to leave.", code="no-conversation")
        house = self._house
        await house.database.run(
            lambda tx: leave(tx, conversation, house.rulebook.current, house.clock())
        )
