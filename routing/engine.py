"""The engine: facts in, decisions out.

It takes in what happened (`apply`), decides what is due (`decide`), says when time alone may next
matter (`wake_at`), and answers questions. The same calls in the same order give the same bytes.
"""

from routing import questions, selection, snapshot, transitions
from routing.decisions import Decision
from routing.facts import Fact
from routing.questions import Waiting, WhyNot
from routing.records import Ledger
from routing.state import State


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
        return snapshot.encode(self.state)

    @classmethod
    def restore(cls, records: bytes) -> "Engine":
        """Build an engine from a snapshot.

        Raises `msgspec.ValidationError` or `msgspec.DecodeError` for bytes that are none.
        """
        engine = cls()
        engine.state = snapshot.decode(records)
        return engine
