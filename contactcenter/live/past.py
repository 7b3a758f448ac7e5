"""What a visitor may see of the past: what was said by or to the identities they have proven."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.live.visitor import Past
from contactcenter.live.visitor_frames import POSITION_MAX, Current, Message
from contactcenter.model.caller import VisitorSession

NEWEST = 50
PAGE = 200
PAGE_CHARACTERS_MAX = 100_000
"""Of text in one frame, so that it stays below what WebSocket libraries take (1 MiB by default)."""


class History(msgspec.Struct, frozen=True):
    """A page, oldest first. `next`: the position to go on from, if there is more.

    `conversation`: the one that was taken part in last.
    """

    items: Sequence[Message]
    next: int | None
    conversation: Current | None


async def read_identities(tx: Tx, session: VisitorSession) -> tuple[int, ...]:
    """The ids of what the session has proven."""
    proven = session.identities
    found = await tx.many(
        int,
        "visitors.identities",
        [i.scheme for i in proven],
        [i.scope for i in proven],
        [i.value for i in proven],
    )
    return tuple(found)


async def read_current(tx: Tx, identities: Sequence[int]) -> Current | None:
    """The conversation that these identities took part in last."""
    return await tx.maybe(Current, "visitors.current", list(identities))


async def read_history(tx: Tx, identities: Sequence[int], after: int, limit: int) -> History:
    """What comes after a position."""
    found = await _after(tx, identities, after, limit + 1)
    page = found[:limit]
    more = page[-1].position if len(found) > limit else None
    return History(page, more, await read_current(tx, identities))


async def read_before(tx: Tx, identities: Sequence[int], before: int, limit: int) -> History:
    """What comes right before a position."""
    found = await _newest(tx, identities, limit + 1, before)
    page = found[:limit][::-1]
    more = page[0].position if len(found) > limit else None
    return History(page, more, await read_current(tx, identities))


async def read_past(
    tx: Tx, identities: Sequence[int], after: int | None, *, signed_in: bool
) -> Past:
    """What a socket is told when it begins: all after a position, or the newest without one."""
    newest = await _newest(tx, identities, NEWEST + 1)
    latest = newest[0].position if newest else 0
    if after is None:
        messages = _fitting(newest[:NEWEST])[::-1]
        complete, earlier = True, len(newest) > len(messages)
    else:
        found = await _after(tx, identities, after, PAGE + 1)
        messages = _fitting(found[:PAGE])
        complete, earlier = len(found) == len(messages), after > 0
    return Past(
        messages=messages,
        complete=complete,
        earlier=earlier,
        latest=latest,
        signed_in=signed_in,
        conversation=await read_current(tx, identities),
    )


def _fitting(messages: list[Message]) -> list[Message]:
    """As many as fit into a frame, but at least one."""
    total = accumulate(len(message.text) for message in messages)
    fitting = bisect_right(list(total), PAGE_CHARACTERS_MAX)
    return messages[: max(1, fitting)]


async def _after(tx: Tx, identities: Sequence[int], after: int, limit: int) -> list[Message]:
    return await tx.many(Message, "visitors.after", list(identities), after, limit)


async def _newest(
    tx: Tx, identities: Sequence[int], limit: int, before: int = POSITION_MAX
) -> list[Message]:
    return await tx.many(Message, "visitors.newest", list(identities), limit, before)
