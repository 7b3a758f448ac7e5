"""A work item: something that needs a person. Its states, and what leads from one to the next.

It is about one thing, its subject: a conversation, a case or a lead, whose kind is the item's.

    bot ──► queued ◄──► offered ──► active ◄──► wrapup ──► done
             │  ▲                      │
             │  └──────────────────────┘  transferred, owner gone, away or full
             └──► abandoned, cancelled    the customer left; merged away

A transition is a pure function of the item; the action writes what it returns, guarded by the
state and epoch that were read. `epoch` grows with each change of owner: whoever still holds an
older one is fenced out.
"""

from datetime import datetime, timedelta
from typing import Self, TypedDict

import msgspec

from contactcenter import facts
from contactcenter.model.customer import Place
from contactcenter.words import ItemKind, ItemState, QueuedBecause, WaitingFor


class About(TypedDict):
    """The fields that every fact about an item has."""

    item: int
    kind: ItemKind
    conversation: int | None
    case: int | None
    lead: int | None
    customer: int
    queue: str
    channel: str
    bot: int | None


class WorkItem(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `work_item`. `weight` is what it takes now, `full_weight` what it takes awake.

    `asked`: what a bot's hand-over asks of the agent, in whatever queue the item waits.
    """

    id: int
    conversation_id: int | None
    case_id: int | None = None
    lead_id: int | None = None
    customer_id: int
    kind: ItemKind
    state: ItemState
    epoch: int
    queue: str
    channel: str
    weight: int
    full_weight: int
    requirement: dict[str, int]
    asked: dict[str, int]
    band: int
    enqueued_at: datetime
    head_start_us: int
    head_start_words: list[tuple[str, int]]
    sticky_agent_id: int | None
    sticky_until: datetime | None
    agent_id: int | None
    passed_on_by: int | None
    bot_id: int | None
    waiting_for: WaitingFor
    waiting_since: datetime
    reminded_at: datetime | None
    intent: str | None
    disposition: str | None
    rulebook_version: int
    opened_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None

    @property
    def spoken_in(self) -> int:
        """The conversation that it is about, as the caller knows that there is one."""
        assert self.conversation_id is not None, f"item {self.id} is a {self.kind}"
        return self.conversation_id

    @property
    def dormant(self) -> bool:
        """Whether it takes less than it would awake."""
        return self.weight < self.full_weight

    @property
    def owners(self) -> list[int]:
        """The agents to whom what happens in the conversation is shown."""
        return [self.agent_id] if self.agent_id and self.state in ("active", "wrapup") else []

    def queued(
        self,
        now: datetime,
        *,
        queue: str | None = None,
        place: Place | None = None,
        sticky: int | None = None,
        sticky_patience_s: int = 0,
        passed_on_by: int | None = None,
    ) -> Self:
        """Into a queue, to wait from now on; with the `place` that another queue gives it."""
        moved = (
            self
            if place is None
            else self.replace(
                queue=queue or self.queue,
                requirement=place.requirement,
                head_start_us=place.head_start_us,
                head_start_words=place.head_start_words,
            )
        )
        return moved.replace(
            state="queued",
            epoch=self.epoch + 1,
            weight=self.full_weight,
            enqueued_at=now,
            agent_id=None,
            passed_on_by=passed_on_by,
            bot_id=None,
            sticky_agent_id=sticky,
            sticky_until=now + timedelta(seconds=sticky_patience_s) if sticky else None,
        )

    def returned(self) -> Self:
        """An offer ended without acceptance: the item waits again, at the place it had."""
        return self.replace(state="queued")

    def owned(self, agent: int, now: datetime) -> Self:
        """An agent has the item."""
        return self.replace(
            state="active",
            epoch=self.epoch + 1,
            weight=self.full_weight,
            agent_id=agent,
            bot_id=None,
            accepted_at=now,
        )

    def turn(self, waiting_for: WaitingFor, now: datetime) -> Self:
        """A side has spoken, and the other is waited for.

        How long we let a customer wait counts from the first word that we did not answer; how long
        they are silent counts from our last.
        """
        if waiting_for == "us" == self.waiting_for:
            return self
        return self.replace(waiting_for=waiting_for, waiting_since=now, reminded_at=None)

    def ended(self, state: ItemState, now: datetime, disposition: str | None = None) -> Self:
        """No work is left; without a `disposition` it keeps the one it has."""
        return self.replace(state=state, ended_at=now, disposition=disposition or self.disposition)

    def replace(self, **changes: object) -> Self:
        """The same item with other values."""
        return msgspec.structs.replace(self, **changes)

    def queued_fact(
        self, at: datetime, because: QueuedBecause, former: int | None, bot: int | None
    ) -> facts.ItemQueued:
        """That it waits: with all that the engine asks, who had it, and the bot that takes part."""
        return facts.ItemQueued(
            at=at,
            **self.about(bot),
            epoch=self.epoch,
            because=because,
            weight=self.full_weight,
            requirement=self.requirement,
            band=self.band,
            enqueued_at=self.enqueued_at,
            head_start_us=self.head_start_us,
            head_start_words=self.head_start_words,
            sticky_agent=self.sticky_agent_id,
            sticky_until=self.sticky_until,
            passed_on_by=self.passed_on_by,
            agent=former,
        )

    def about(self, bot: int | None) -> About:
        """What every fact about it says."""
        return About(
            item=self.id,
            kind=self.kind,
            conversation=self.conversation_id,
            case=self.case_id,
            lead=self.lead_id,
            customer=self.customer_id,
            queue=self.queue,
            channel=self.channel,
            bot=bot,
        )
