"""What the clients were promised: the only memory that no fault touches."""

from collections import Counter, defaultdict
from typing import Any

import msgspec


class Saying(msgspec.Struct):
    """One thing a customer said. `interaction` is None until it is acknowledged."""

    text: str
    interaction: int | None = None
    conversation: int | None = None
    number: int | None = None


class Done(msgspec.Struct, frozen=True):
    """The answer that an agent was given to a command."""

    ok: bool
    result: Any


class Ledger:
    """Kept by the clients while they work, read by the checks.

    `said`: by customer, in the order of sending. `done`: by agent and command id. `wrong`: what a
    client has seen that no fault excuses.
    """

    def __init__(self) -> None:
        self.said: defaultdict[str, list[Saying]] = defaultdict(list)
        self.done: dict[tuple[int, str], Done] = {}
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()

    @property
    def acknowledged(self) -> int:
        """How many interactions are."""
        return self.counts["acknowledged"]

    def acknowledge(self, saying: Saying, taken: dict[str, Any]) -> None:
        """The system has answered that it has this; asked again, it must answer the same."""
        stands = taken["interaction"], taken["conversation"], taken["number"]
        if saying.interaction is None:
            saying.interaction, saying.conversation, saying.number = stands
            self.counts["acknowledged"] += 1
        elif stands != (saying.interaction, saying.conversation, saying.number):
            self.wrong.append(f"{saying.text!r} was acknowledged as {saying}, then as {taken}")

    def answered(self, agent: int, command: str, answer: dict[str, Any]) -> None:
        """A command has its answer; asked again, it must be the same."""
        done = Done(answer["ok"], answer.get("result"))
        if self.done.setdefault((agent, command), done) != done:
            self.wrong.append(f"{command!r} of agent {agent} was answered twice, and differently")
        self.counts["commands done" if done.ok else "commands refused"] += 1
