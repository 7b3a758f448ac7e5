"""The engine: facts in, decisions out.

It takes in what happened (`apply`), decides what is due (`decide`), says when time alone may next
matter (`wake_at`), and answers questions. The same calls in the same order give the same bytes.
"""

from msgspec import Struct, msgpack

from routing import questions, selection, transitions
from routing.decisions import Decision
from routing.facts import Fact
from routing.questions import Waiting, WhyNot
from routing.state import Agent, Item, Ledger, State


class Snapshot(Struct, frozen=True):
    """All records, in the order of their ids."""

    ledger: Ledger
    agents: list[Agent]
    items: list[Item]


class Engine:
    """One routing engine. `state` is for reading only."""

    def __init__(self) -> None:
        """Start with nobody, nothing and no rules."""
        self.state = State(Ledger())

    def apply(self, fact: Fact) -> None:
        """Take in what has happened; nothing is decided yet.

        Never raises for what a fact says: one that is late, repeated or about somebody unknown
        changes nothing and is counted in `anomalies`.
        """
        transitions.apply(self.state, fact)

    def decide(self, now: int) -> list[Decision]:
        """Decide all that is due at `now`. What is offered is reserved at once.

        A `now` before an earlier one counts as that earlier one.
        """
        return selection.decide(self.state, now)

    def wake_at(self) -> int | None:
        """Return when to call `decide` next though no fact has come, or None: when a bar ends."""
        return self.state.next_bar()

    def why(self, item: int, now: int) -> Waiting:
        """Say why an item is still waiting and what would have to change."""
        return questions.why(self.state, item, now)

    def why_not(self, item: int, agent: int, now: int) -> WhyNot:
        """Say why an item is not offered to an agent."""
        return questions.why_not(self.state, item, agent, now)

    @property
    def anomalies(self) -> dict[str, int]:
        """Facts that changed nothing, counted by kind and cause ("OfferAccepted: late")."""
        return dict(self.state.ledger.anomalies)

    @property
    def departures(self) -> dict[str, int]:
        """Items that ended, counted by how ("done", "abandoned", "cancelled", "overflowed")."""
        return dict(self.state.ledger.departures)

    def snapshot(self) -> bytes:
        """Return all records; `restore` with the facts that follow gives the same engine."""
        state = self.state
        return _ENCODER.encode(
            Snapshot(
                state.ledger,
                [state.seats[each].record for each in sorted(state.seats)],
                [state.items[each] for each in sorted(state.items)],
            )
        )

    @classmethod
    def restore(cls, snapshot: bytes) -> "Engine":
        """Build an engine from a snapshot.

        Raises `msgspec.ValidationError` or `msgspec.DecodeError` for bytes that are none.
        """
        records = _DECODER.decode(snapshot)
        engine = cls()
        engine.state = state = State(records.ledger)
        for item in records.items:
            state.items[item.entry.item] = item
            if item.agent is not None:
                state.seat(item.agent).carried[item.entry.item] = None
        for agent in records.agents:
            seat = state.seat(agent.agent)
            seat.record = agent
            state.regroup(seat)
            state.watch(seat)
            state.refresh(seat)
            state.touched[agent.agent] = None
        for item in records.items:
            state.admit(item)
        return engine


# Keys are sorted, because equal engines may have come to their dicts in different orders.
_ENCODER = msgpack.Encoder(order="deterministic")
_DECODER = msgpack.Decoder(Snapshot)
