"""Conversations and what was said in them: for staff, and for the bot that takes part."""

from datetime import datetime
from functools import partial
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from contactcenter.actions.tag import tag_conversation
from contactcenter.api.access import STAFF, who
from contactcenter.api.paging import Id, Limit, TagInPath
from contactcenter.api.problems import refuses
from contactcenter.db.database import Database
from contactcenter.db.tx import Tx
from contactcenter.model.caller import Actor, Caller
from contactcenter.record.satisfaction import Answer, read_answers_of
from contactcenter.record.tags import Tags, with_tag, without_tag
from contactcenter.record.timeline import (
    Conversation,
    Interactions,
    LiveItem,
    no_conversation,
    read_conversation,
    read_interactions,
    read_live_item,
)

Number = Annotated[int, QueryParameter(ge=0, le=2**31 - 1)]


class WithItem(msgspec.Struct, frozen=True):
    """A conversation, its work that has not ended, and how content its customer was."""

    conversation: Conversation
    item: LiveItem | None
    satisfaction: list[Answer] = []


@get(
    "/v1/conversations/{conversation:int}",
    opt=who(*STAFF, "bot", scope="conversations:read"),
    tags=["conversations"],
    operation_id="ReadConversation",
)
async def read(
    database: NamedDependency[Database], caller: NamedDependency[Caller], conversation: Id
) -> WithItem:
    """A conversation and its work. An API key sees those in which it takes part."""
    async with database.snapshot() as tx:
        found = await _visible(tx, caller, conversation)
        item = await read_live_item(tx, conversation)
        answers = [] if caller.kind == "bot" else await read_answers_of(tx, conversation)
    if item and caller.kind == "bot":
        item = msgspec.structs.replace(item, owner=None, owner_name=None)
    return WithItem(found, item, answers)


@get(
    "/v1/conversations/{conversation:int}/interactions",
    opt=who(*STAFF, "bot", scope="conversations:read"),
    tags=["conversations"],
    operation_id="ReadInteractions",
)
async def interactions(
    database: NamedDependency[Database],
    caller: NamedDependency[Caller],
    conversation: Id,
    after: Number = 0,
    limit: Limit = 50,
) -> Interactions:
    """What was said, by number, without gaps; `next` is the `after` of the following page.

    An API key sees the conversations in which it takes part, and no notes: their numbers are
    missing for it.
    """
    without = ("note",) if caller.kind == "bot" else ()
    async with database.snapshot() as tx:
        await _visible(tx, caller, conversation)
        return await read_interactions(tx, conversation, after, limit, without=without)


@put(
    "/v1/conversations/{conversation:int}/tags/{tag:str}",
    opt=who(*STAFF) | refuses("409 too-many-tags"),
    tags=["conversations"],
    operation_id="TagConversation",
)
async def tag(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    conversation: Id,
    tag: TagInPath,
) -> Tags:
    """Put a tag on a conversation; returns all that it has."""
    change = partial(with_tag, tag=tag)
    return Tags(
        await database.run(lambda tx: tag_conversation(tx, conversation, change, actor, now))
    )


@delete(
    "/v1/conversations/{conversation:int}/tags/{tag:str}",
    opt=who(*STAFF),
    tags=["conversations"],
    operation_id="UntagConversation",
)
async def untag(
    database: NamedDependency[Database],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    conversation: Id,
    tag: TagInPath,
) -> None:
    """Take a tag from a conversation, if it has it."""
    change = partial(without_tag, tag=tag)
    await database.run(lambda tx: tag_conversation(tx, conversation, change, actor, now))


async def _visible(tx: Tx, caller: Caller, conversation: int) -> Conversation:
    """The conversation; for an API key, those of others do not exist."""
    found = await read_conversation(tx, conversation)
    if caller.kind == "bot" and found.bot != caller.key_id:
        raise no_conversation(conversation)
    return found


ROUTES = [read, interactions, tag, untag]
