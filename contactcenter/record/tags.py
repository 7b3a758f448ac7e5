"""Words that staff put on customers and conversations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from contactcenter import facts
from contactcenter.db.tx import Tx
from contactcenter.errors import Conflict
from contactcenter.model.conversation import Conversation
from contactcenter.model.customer import Customer

TAGS_MAX = 50

TAG_LENGTH_MAX = 64
TAG = r"^\w[\w .:-]*(?![\s\S])"
Tag = Annotated[
    str,
    msgspec.Meta(
        max_length=TAG_LENGTH_MAX,
        pattern=TAG,
        description="Letters, digits, space, and any of `_.:-`",
    ),
]


Tagged = Literal["customer", "conversation"]
"""What has tags."""


class Tags(msgspec.Struct, frozen=True):
    """All tags that there are now."""

    tags: list[str]


def with_tag(tags: list[str], tag: str) -> list[str]:
    """The tags with this one. `Conflict` (`too-many-tags`) when there is no room for another."""
    if tag in tags:
        return tags
    if len(tags) >= TAGS_MAX:
        detail = f"There are {TAGS_MAX} tags already; take one away first."
        raise Conflict(detail, code="too-many-tags")
    return [*tags, tag]


def without_tag(tags: list[str], tag: str) -> list[str]:
    """The tags but this one."""
    return [t for t in tags if t != tag]


async def save_tags(
    tx: Tx,
    tagged: Customer | Conversation,
    tags: list[str],
    now: datetime,
    agents: Sequence[int] = (),
) -> None:
    """Write all tags of a locked customer or conversation; nothing where nothing has changed.

    `agents`: who has them in front of them.
    """
    if tags == tagged.tags:
        return
    new, told = set(tags) - set(tagged.tags), list(agents)
    if isinstance(tagged, Customer):
        await tx.do("records.tag_customer", tagged.id, tags)
        await remember_tags(tx, "customer", new)
        tx.emit(facts.CustomerChanged(at=now, customer=tagged.id, changed=["tags"], agents=told))
        return
    await tx.do("records.tag_conversation", tagged.id, tags)
    await remember_tags(tx, "conversation", new)
    tx.emit(
        facts.ConversationTagged(
            at=now, conversation=tagged.id, customer=tagged.party_id, tags=tags, agents=told
        )
    )


async def remember_tags(tx: Tx, kind: Tagged, tags: Iterable[str]) -> None:
    """They are suggested from now on."""
    await tx.do("tags.remember", kind, sorted(tags))


async def known_tags(tx: Tx, kind: Tagged, prefix: str, limit: int) -> Tags:
    """Those that somebody has used before and that begin so, whatever their case."""
    return Tags(await tx.many(str, "tags.known", kind, prefix, limit))
