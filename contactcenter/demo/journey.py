"""One customer's way through the house: website, bot, agents, mobile app, one conversation."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import jwt
import msgspec

from contactcenter.clock import clock
from contactcenter.demo import cast, tell
from contactcenter.demo.clients import Frame, Http, Socket, folded
from contactcenter.demo.memory import Memory
from contactcenter.demo.stage import Staff, in_words
from contactcenter.demo.step import Refused, step
from contactcenter.live.queues import QueueShown, summarise

QUEUES = ("care", "fiber")
"""The bot has the matter in the first; people in the second."""


class Desk(msgspec.Struct, frozen=True):
    """An agent at work: who it is, and their desktop's socket."""

    staff: Staff
    socket: Socket

    @property
    def name(self) -> str:
        """As customers see it."""
        return self.staff.person.name


class Matter(msgspec.Struct, frozen=True):
    """What it was about: by these the record tells the story again."""

    customer: int
    item: int


async def travel(url: str, staff: dict[str, Staff], memory: Memory) -> Matter:
    """Let it all happen; raises `CommandFailed` with the step that did not."""
    async with AsyncExitStack() as stack:
        journey = _Journey(url, staff, memory, stack)
        await journey.everybody_comes()
        await journey.customer_meets_bot()
        await journey.engine_finds_agent()
        await journey.customer_moves_on()
        return await journey.agent_resolves()


class _Journey:
    """One act after another; each takes up what the one before has left."""

    def __init__(
        self, url: str, staff: dict[str, Staff], memory: Memory, stack: AsyncExitStack
    ) -> None:
        self._url = url
        self._staff = staff
        self._memory = memory
        self._account = f"siti-{clock():%Y%m%d-%H%M%S}"  # each time a new customer
        self._stack = stack
        self._desks: list[Desk] = []
        self._board: Socket
        self._web: Socket
        self._mobile: Socket
        self._conversation: int
        self._agent: Desk
        self._taken: Frame

    async def everybody_comes(self) -> None:
        tell.act(1, "Agents sign in; the supervisor looks at the board")
        supervisor, *others = [s for s in self._staff.values() if s.person.role != "administrator"]
        async with step("the board opens"):
            self._board = await self._stack.enter_async_context(_board(self._url, supervisor))
        async with step("the agents sign in"):
            for agent in others:
                desk = await self._stack.enter_async_context(_desk(self._url, agent))
                self._desks.append(desk)
        async with step("what earlier demos left is closed"):
            await _close_leftovers(self._board, supervisor, self._desks[0])
        async with step("the agents become available"):
            for desk in self._desks:
                await _begin_work(desk)
        _show(self._board)

    async def customer_meets_bot(self) -> None:
        tell.act(2, f"A gold customer writes on the website, as its server signs: {self._account}")
        async with step("the website's session begins"):
            self._web = await self._visit(cast.WEB)
        async with step("the customer writes on the website"):
            self._conversation = await _write(self._web, cast.WEB, cast.COMPLAINS)
        async with step("the bot answers"):
            await _read(self._web, cast.WEB, cast.BOT_ASKS)
            await self._board.fact("BotOwned", conversation=self._conversation)
        _show(self._board)

    async def engine_finds_agent(self) -> None:
        tell.act(3, "The bot hands over; the engine finds an agent with the skills")
        async with step("the customer answers the bot"):
            await _write(self._web, cast.WEB, cast.EXPLAINS)
        async with step("the bot hands over"):
            await self._board.fact(
                "ItemQueued", conversation=self._conversation, because="handed_over"
            )
        _show(self._board)
        async with step("the engine offers it to an agent"):
            offer, first = await self._offered()
        async with step("the offer lapses"):
            await first.socket.fact("OfferEnded", offer=offer["offer"], state="expired")
            tell.happened(first.name, f"does not answer: after {cast.OFFER_TIMEOUT_S} s it lapses")
        async with step("the engine offers it to the next agent"):
            offer, self._agent = await self._offered(not_to=first)
        async with step("the next agent accepts"):
            self._taken = await self._agent.socket.do("accept", offer=offer["offer"])
            await self._web.hear(lambda f: f["type"] == "agent_joined")
            tell.happened(self._agent.name, "accepts; the website says who has joined")
        async with step("the agent answers on the website"):
            await self._answer(cast.AGENT_ANSWERS)
            await _read(self._web, cast.WEB, cast.AGENT_ANSWERS)
        async with step("the board shows the agent's work"):
            await self._board.fact("ItemAssigned", conversation=self._conversation)
        _show(self._board)

    async def customer_moves_on(self) -> None:
        tell.act(4, "She goes on in the mobile app: the same conversation, nothing asked twice")
        async with step("the app's session begins"):
            self._mobile = await self._visit(cast.MOBILE)
        async with step("the app shows what was said on the website"):
            past = [m["text"] for m in self._mobile.frames[0]["messages"]]
            _expect(cast.AGENT_ANSWERS in past, f"it shows only {past}")
            tell.happened("Siti · mobile", f"sees all {len(past)} messages from the website")
        async with step("the customer writes in the app"):
            here = await _write(self._mobile, cast.MOBILE, cast.LEAVES)
            _expect(here == self._conversation, "it went to another conversation")
        async with step("the agent answers in the app"):
            await self._answer(cast.AGENT_SOLVES)
            await _read(self._mobile, cast.MOBILE, cast.AGENT_SOLVES)

    async def agent_resolves(self) -> Matter:
        tell.act(5, "It is solved")
        item = self._taken["item"]
        async with step("the agent resolves it"):
            await self._agent.socket.do("resolve", item=item, disposition=cast.DISPOSITION)
            await self._agent.socket.do("finish", item=item)
            await self._mobile.hear(lambda f: f["type"] == "closed")
            done = await self._board.fact("ItemDone", item=item)
            tell.happened(self._agent.name, f"resolves it ({cast.DISPOSITION}); the app is told")
        _show(self._board)
        async with step("the agents sign out"):
            for desk in self._desks:
                await desk.socket.do("presence", state="offline")
        return Matter(done["customer"], item)

    async def _visit(self, connection: str) -> Socket:
        """The customer's browser or app: its server signs who they are, then a socket is opened."""
        origin = self._url if connection == cast.WEB else None
        headers = {} if origin is None else {"Origin": origin}
        secret = self._memory.secrets[connection]
        claims = signed(self._account, secret, timedelta(minutes=5))
        async with Http(self._url, **headers) as http:
            new = {"connection": connection, "jwt": claims}
            session = await http.call("POST", "/v1/visitor/sessions", new)
        opened = Socket(f"{self._url}/v1/visitor/socket", origin=origin)
        socket = await self._stack.enter_async_context(opened)
        await socket.say(type="hello", version=1, token=session["token"], after=None)
        await socket.hear(lambda f: f["type"] == "welcome")
        return socket

    async def _offered(self, *, not_to: Desk | None = None) -> tuple[Frame, Desk]:
        """The next offer, and to whose desktop it came."""
        barred = not_to.staff.id if not_to else None
        made = await self._board.hear(
            lambda f: (
                f.get("fact", {}).get("fact") == "OfferMade"
                and f["fact"]["conversation"] == self._conversation
                and f["fact"]["agent"] != barred
            )
        )
        number, agent = made["fact"]["offer"], made["fact"]["agent"]
        desk = next(d for d in self._desks if d.staff.id == agent)
        offer = await desk.socket.fact("OfferMade", offer=number)
        tell.happened("engine", f"offers it to {desk.name} until {tell.at(offer['expires_at'])}")
        tell.line("", "", in_words(offer["explanation"], self._staff.values()))
        return offer, desk

    async def _answer(self, text: str) -> None:
        """The agent looks at the conversation and answers, on the channel of its last words."""
        path = f"/v1/conversations/{self._conversation}"
        found = await self._agent.staff.http.call("GET", path)
        seen = found["conversation"]["last_number"]
        tell.happened(self._agent.name, f'answers: "{text}"')
        item = self._taken["item"]
        await self._agent.socket.do("reply", item=item, text=text, seen=seen)


@asynccontextmanager
async def _desk(url: str, staff: Staff) -> AsyncGenerator[Desk]:
    """An agent's desktop, signed in but not taking work yet."""
    async with Socket(f"{url}/v1/desktop", cookies=staff.http.cookies, origin=url) as socket:
        await socket.say(type="hello", version=1)
        await socket.hear(lambda f: f["type"] == "welcome")
        await socket.do("presence", state="offline")
        yield Desk(staff, socket)


async def _begin_work(desk: Desk) -> None:
    """From offline to available, so with a clean slate whatever an earlier demo has left."""
    await desk.socket.do("presence", state="available")
    skills = ", ".join(f"{name} {level}" for name, level in desk.staff.person.skills.items())
    tell.happened(desk.name, f"is available (agent {desk.staff.id}: {skills})")


async def _close_leftovers(board: Socket, supervisor: Staff, desk: Desk) -> None:
    """What a demo that was cut off has left would be offered first, and hold up this one."""
    shown = folded(board.frames)
    left = [*shown.waiting, *(i for i, owned in shown.owned.items() if owned.state == "active")]
    if left:
        await desk.socket.do("presence", state="away", reason=cast.AWAY_REASON)
        tell.happened(desk.name, f"closes what an earlier demo has left: {len(left)}")
    for item in left:
        path = f"/v1/items/{item}/assign"
        await supervisor.http.call("POST", path, {"agent": desk.staff.id})
        await desk.socket.do("resolve", item=item, disposition=cast.LEFTOVER)
        await desk.socket.do("finish", item=item)


@asynccontextmanager
async def _board(url: str, staff: Staff) -> AsyncGenerator[Socket]:
    async with Socket(f"{url}/v1/board", cookies=staff.http.cookies, origin=url) as socket:
        await socket.say(type="hello", version=1)
        await socket.hear(lambda f: f["type"] == "welcome")
        yield socket


def signed(account: str, secret: str, lasts: timedelta) -> str:
    """What the website's server signs of the customer."""
    ends = clock() + lasts
    claims: dict[str, Any] = {**cast.CUSTOMER, "external_user_id": account, "exp": ends}
    return jwt.encode(claims, secret, algorithm="HS256")  # pyright: ignore[reportUnknownMemberType]


async def _write(socket: Socket, channel: str, text: str) -> int:
    """The customer says something; returns the conversation once the record has it."""
    tell.happened(f"Siti · {channel}", f'writes: "{text}"')
    key = f"m{len(socket.frames)}"
    await socket.say(type="send", client_msg_id=key, text=text)
    sent = await socket.hear(lambda f: f.get("client_msg_id") == key and f["type"] == "sent")
    return sent["conversation"]


async def _read(socket: Socket, channel: str, text: str) -> None:
    """The customer hears something, and their page says so."""
    message = await socket.hear(lambda f: f["type"] == "message" and f["text"] == text)
    where = {name: message[name] for name in ("conversation", "number")}
    await socket.say(type="read", **where)
    tell.happened(f"Siti · {channel}", f"reads what the {message['author']} said")


def _expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 -- that is what it is about
    if not holds:
        raise Refused(otherwise)


def _show(board: Socket) -> None:
    """The board's numbers, folded from what its socket has told by now."""
    for shown in summarise(folded(board.frames), QUEUES, clock()):
        tell.happened("board", _numbers(shown))


def _numbers(shown: QueueShown) -> str:
    level = "-" if shown.service_level is None else f"{shown.service_level:.0%}"
    return (
        f"{shown.queue:<5}  bot {shown.with_bot}  waiting {shown.waiting}  "
        f"offered {shown.offered}  agents {shown.active}  answered {shown.answered}  "
        f"abandoned {shown.abandoned}  level {level}"
    )
