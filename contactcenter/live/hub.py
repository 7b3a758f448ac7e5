"""Who is connected here: agents' desktops and supervisors' boards, fed from the log."""

from collections import defaultdict
from collections.abc import Callable

import msgspec
from prometheus_client import Counter, Gauge

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.facts import Fact
from contactcenter.live.audience import EVERYBODY, agents_concerned
from contactcenter.live.board import Board
from contactcenter.live.board import read as read_board
from contactcenter.live.fanout import Signal
from contactcenter.live.frames import VERSION, BoardWelcome, SomebodyTypes
from contactcenter.live.stream import Stream, encode
from contactcenter.live.turns import Turns

CLOSE_REVOKED = 4401
"""The sign-in was revoked: sign in again."""
CLOSE_RESTART = 1012
"""This process ends or has lost its lease: connect again."""

Spoken = (
    facts.InteractionAppended
    | facts.DeliveryChanged
    | facts.ConversationRead
    | facts.ConversationClosed
    | facts.ConversationTagged
)
"""What happens within a conversation: for boards, where they look into it."""

_SOCKETS = Gauge("contactcenter_desktop_sockets", "Desktops connected to this process")
_LOST = Counter("contactcenter_streams_lost_total", "Clients that took too little, and start anew")


class Client:
    """One socket: its stream, and the code to close it with, once set.

    `ring` tells whoever writes to the socket that there is something to send; thousands of these
    are idle at a time, so there is no task that waits.
    """

    __slots__ = (
        "agent",
        "close_code",
        "customer",
        "follows",
        "number",
        "ring",
        "session",
        "stream",
    )

    def __init__(self, agent: int, session: int, ring: Callable[[], None]) -> None:
        self.agent = agent
        self.session = session
        self.ring = ring
        self.stream = Stream()
        self.number: int | None = None  # of its row, once it has one
        self.close_code: int | None = None
        self.follows: int | None = None  # the conversation that is looked into
        self.customer: int | None = None  # who is looked at

    def hear(self, seq: int, fact: bytes) -> None:
        """An event, its fact as JSON."""
        was_lost = self.stream.lost
        self.stream.hear(seq, fact)
        if self.stream.lost and not was_lost:
            _LOST.inc()
        self.ring()

    def close(self, code: int) -> None:
        """Ask the writer to close the socket."""
        self.close_code = code
        self.ring()


class Hub:
    """Follow the log with `read`. `join` before the snapshot is taken, so that nothing is missed.

    `owners`: who has the work of each conversation, for signals, which do not say; loaded at the
    start and kept by the facts. `board`: folded here, and shown to those who watch it.
    """

    def __init__(self) -> None:
        self.board = Board(zone="UTC")
        self.owners: dict[int, int] = {}
        self._turns = Turns()
        self._watchers: set[Client] = set()
        self._desktops: dict[Client, None] = {}  # in the order of coming, and so of memory
        self._by_agent: defaultdict[int, set[Client]] = defaultdict(set)
        self._followers: defaultdict[int, set[Client]] = defaultdict(set)
        self._around: defaultdict[int, set[Client]] = defaultdict(set)  # customers

    async def load(self, tx: Tx, zone: str) -> None:
        """Read what is folded from here on; before any fact is read."""
        self.renew(await read_board(tx, zone))

    def renew(self, board: Board) -> None:
        """Fold this one from here on, and show it to those who watch."""
        self.board = board
        owned = board.owned.values()
        self.owners = {o.conversation: o.agent for o in owned if o.conversation}
        for client in self._watchers:
            self.show(client)

    def join(self, client: Client) -> None:
        """A desktop is there; it hears from now on."""
        self._desktops[client] = None
        self._by_agent[client.agent].add(client)
        _SOCKETS.inc()

    def leave(self, client: Client) -> None:
        """It is there no more."""
        self._desktops.pop(client, None)
        self.follow(client, None)
        self.follow_customer(client, None)
        mine = self._by_agent[client.agent]
        mine.discard(client)
        if not mine:
            del self._by_agent[client.agent]
        _SOCKETS.dec()

    def follow(self, client: Client, conversation: int | None) -> None:
        """Let a desktop hear also what is said there, whoever has the work; or nowhere any more."""
        _move(self._followers, client, client.follows, conversation)
        client.follows = conversation

    def follow_customer(self, client: Client, customer: int | None) -> None:
        """Let a desktop hear also what is changed about them, whoever has the work."""
        _move(self._around, client, client.customer, customer)
        client.customer = customer

    def numbers(self) -> list[int]:
        """The rows of those that are connected here."""
        return [c.number for c in self._desktops if c.number]

    def may_have(self, agent: int, number: int) -> bool:
        """Whether that row is of a client here; of one that is just connecting it may be."""
        return any(c.number in (None, number) for c in self._by_agent.get(agent, ()))

    def watch(self, client: Client) -> None:
        """A supervisor's board: it is given the fold as it is, and every fact after it."""
        self._watchers.add(client)
        self.show(client)

    def show(self, client: Client) -> None:
        """Start, or start anew, the stream of a board."""
        client.stream.restart()
        welcome = BoardWelcome(VERSION, self.board.seq, self.board)
        client.stream.start(encode(welcome), self.board.seq, ())
        client.ring()

    def unwatch(self, client: Client) -> None:
        """A board is there no more."""
        self._watchers.discard(client)

    def read(self, seq: int, fact: Fact) -> None:
        """Hand the fact to the desktops and boards that it concerns."""
        self._own(fact)
        here = self._concerned(fact)
        if self.board.fold(seq, fact):
            here += self._watchers
        elif isinstance(fact, Spoken):
            here += [w for w in self._watchers if w.follows == fact.conversation]
            here += self._followers.get(fact.conversation, set[Client]()) - set(here)
        for customer in _customers(fact):
            here += self._around.get(customer, set[Client]()) - set(here)
        if here:
            encoded = msgspec.json.encode(fact)
            self._turns.add(client.hear(seq, encoded) for client in here)
        if isinstance(fact, facts.SessionRevoked):
            for client in self.all():
                if client.session == fact.session:
                    client.close(CLOSE_REVOKED)

    def _concerned(self, fact: Fact) -> list[Client]:
        concerned = agents_concerned(fact)
        if concerned == EVERYBODY:
            return list(self._desktops)
        return [c for agent in concerned for c in self._by_agent.get(agent, ())]

    def _own(self, fact: Fact) -> None:
        match fact:
            case facts.ItemAssigned(conversation=int(conversation)):
                self.owners[conversation] = fact.agent
            case facts.ItemQueued() | facts.ItemDone() | facts.ItemCancelled():
                if fact.conversation:
                    self.owners.pop(fact.conversation, None)
            case facts.ItemMoved(conversation=int(conversation)):
                self.owners.pop(fact.from_conversation, None)
                if fact.agent:
                    self.owners[conversation] = fact.agent
            case _:
                return

    def signalled(self, signal: Signal) -> None:
        """Show whoever has the work of a conversation that its customer is typing."""
        if signal.name != "typing" or signal.author_kind != "customer":
            return
        frame = encode(SomebodyTypes(signal.key, signal.author_kind))
        for client in self._by_agent.get(self.owners.get(signal.key, 0), ()):
            client.stream.say(frame)
            client.ring()

    def all(self) -> list[Client]:
        """Every desktop and board."""
        return [*self._watchers, *self._desktops]

    def close_all(self, code: int = CLOSE_RESTART) -> None:
        """Ask every desktop to connect again."""
        self._turns.add(client.close(code) for client in self.all())


def _move(
    where: defaultdict[int, set[Client]], client: Client, former: int | None, now: int | None
) -> None:
    if former is not None:
        where[former].discard(client)
        if not where[former]:
            del where[former]
    if now is not None:
        where[now].add(client)


def _customers(fact: Fact) -> tuple[int, ...]:
    """Those about whom something has changed."""
    match fact:
        case facts.CustomerChanged() | facts.CaseOpened() | facts.CaseChanged():
            return (fact.customer,)
        case facts.CustomersMerged():
            return fact.customer, fact.into
        case facts.CustomersUnmerged():
            return fact.customer, fact.out_of
        case _:
            return ()
