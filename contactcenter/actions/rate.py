"""A customer says how content they are with what was done for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict, NotFound
from contactcenter.model.rulebook import Satisfaction
from contactcenter.words import ItemState


class Rating(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of the item that was asked about: 1, not at all content, to 5, very."""

    item: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
    comment: Annotated[str, msgspec.Meta(max_length=2_000, pattern=r"^[^\x00]*$")] = ""


class _Item(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    conversation_id: int
    party_id: int
    queue: str
    channel: str
    state: ItemState
    agent_id: int | None
    bot_id: int | None
    disposition: str | None
    ended_at: datetime | None


class _Given(msgspec.Struct, frozen=True):
    score: int
    comment: str


async def rate(
    tx: Tx, identities: Sequence[int], rating: Rating, rules: Satisfaction, now: datetime
) -> None:
    """Once for each item; the same again is taken as said.

    Raises `NotFound` for work that was not done for these identities, `Conflict`: `not-asked` where
    nobody asks (any more), `answered-already` where another answer was given.
    """
    item = await tx.maybe(_Item, "satisfaction.item", rating.item, list(identities))
    if item is None:
        raise NotFound(f"There is no work item {rating.item} of yours.")
    bot = item.bot_id if item.agent_id is None and rules.bots else None
    settled = item.state in ("wrapup", "done") and (item.agent_id or bot)
    fits = not rules.after or item.disposition in rules.after
    if not (rules.ask and settled and fits):
        raise Conflict("Nobody asks how this went.", code="not-asked")
    if item.ended_at and now > item.ended_at + timedelta(seconds=rules.valid_s):
        raise Conflict("It is too late to say how this went.", code="not-asked")
    args = item.id, item.conversation_id, item.queue, item.channel, item.agent_id, bot
    if not await tx.maybe(int, "satisfaction.insert", *args, rating.score, rating.comment, now):
        given = await tx.one(_Given, "satisfaction.given", item.id)
        if given != _Given(rating.score, rating.comment):
            raise Conflict("This was answered already.", code="answered-already")
        return
    tx.emit(
        facts.SatisfactionGiven(
            at=now,
            item=item.id,
            conversation=item.conversation_id,
            customer=item.party_id,
            queue=item.queue,
            agent=item.agent_id,
            bot=bot,
            score=rating.score,
            comment=rating.comment,
        )
    )
