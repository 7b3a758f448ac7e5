"""Events for keys on their way out: written with what they tell of, and numbered."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from contactcenter.db.tx import Tx
from contactcenter.facts import Fact
from contactcenter.model.webhook_event import Event, handed_over

Stream = tuple[int, int]
"""What is in order: the events for one key about one conversation."""


class _Extended(msgspec.Struct, frozen=True):
    api_key_id: int
    conversation_id: int
    last_number: int


async def record_events(tx: Tx, made: Sequence[Event], now: datetime) -> None:
    """Write them, to be sent: numbered in each stream in their order."""
    counts = Counter[Stream]((e.key, e.conversation) for e in made)
    extended = await tx.many(
        _Extended,
        "webhooks.extend",
        [key for key, _ in counts],
        [conversation for _, conversation in counts],
        list(counts.values()),
        now,
    )
    last = {(s.api_key_id, s.conversation_id): s.last_number for s in extended}
    following = {stream: last[stream] - count + 1 for stream, count in counts.items()}
    numbers: list[int] = []
    for e in made:
        numbers.append(following[e.key, e.conversation])
        following[e.key, e.conversation] += 1
    await tx.do(
        "webhooks.insert",
        [e.key for e in made],
        [e.conversation for e in made],
        numbers,
        [e.type for e in made],
        [e.at for e in made],
        [msgspec.json.encode(e.data) for e in made],
        [e.interaction_id for e in made],
        now,
    )


async def hand_over(tx: Tx, key: int, automation: str, fact: Fact, now: datetime) -> bool:
    """Tell the program behind a key what has happened; False where the key has no webhook."""
    if not await tx.many(int, "webhooks.listening", [key]):
        return False
    await record_events(tx, [handed_over(key, automation, fact)], now)
    return True
