"""How content customers are: what is still to be asked, what was answered, and its numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.model.rulebook import Satisfaction


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer has said about one work item; `by`: the name of the agent or the bot."""

    item: int
    conversation: int
    queue: str
    channel: str
    agent: int | None
    bot: int | None
    by: str
    score: int
    comment: str
    at: datetime


class Answers(msgspec.Struct, frozen=True):
    """A page, newest work first."""

    items: list[Answer]
    next: int | None


class OfQueue(msgspec.Struct, frozen=True, kw_only=True):
    """What one queue's agents have done, or bots before them.

    `satisfied`: the share of 4 and 5; `scores`: how many said 1, 2, 3, 4, 5.
    """

    queue: str
    by: Literal["agents", "bots"]
    answers: int
    average: float
    satisfied: float
    scores: list[int]


class Question(msgspec.Struct, frozen=True):
    """An item about which the customer is to be asked, until then."""

    item: int
    conversation: int
    until: datetime


class _Open(msgspec.Struct, frozen=True):
    item: int
    conversation: int
    ended_at: datetime | None


async def read_questions(
    tx: Tx, conversations: Sequence[int], rules: Satisfaction, now: datetime
) -> list[Question]:
    """What is still to be asked in these conversations."""
    if not rules.ask or not conversations:
        return []
    valid = timedelta(seconds=rules.valid_s)
    args = list(conversations), now - valid, rules.after, rules.bots
    rows = await tx.many(_Open, "satisfaction.open", *args)
    return [Question(row.item, row.conversation, (row.ended_at or now) + valid) for row in rows]


async def read_answers_of(tx: Tx, conversation: int) -> list[Answer]:
    """What was answered about the work in a conversation."""
    return await tx.many(Answer, "satisfaction.of_conversation", conversation)
