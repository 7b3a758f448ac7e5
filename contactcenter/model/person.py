"""A person who works here: their sign-in, their role, and what an agent among them can do."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from contactcenter.errors import BadInput
from contactcenter.model.rulebook import Rulebook
from contactcenter.words import Role

WRONG_MAX = 5
LOCK_FIRST = timedelta(seconds=30)
LOCK_MAX = timedelta(minutes=15)
"""The fifth wrong password in a row locks for half a minute, each further one for twice as long."""

# `$` alone would let a line break pass at the end.
Login = Annotated[
    str,
    msgspec.Meta(
        max_length=64,
        pattern=r"^[a-z0-9][a-z0-9._@+-]*$(?!\n)",
        description="Letters a to z, digits, and any of `._@+-` behind the first",
    ),
]
Name = Annotated[
    str,
    msgspec.Meta(
        max_length=100,
        pattern=r"^[^\x00-\x1f\x7f]+$(?!\n)",
        description="A line of text, which is not empty",
    ),
]
Word = Annotated[
    str,
    msgspec.Meta(
        max_length=64,
        pattern=r"^[^\x00-\x20\x7f]+$(?!\n)",
        description="A word without spaces, which is not empty",
    ),
]
Level = Annotated[int, msgspec.Meta(ge=1, le=10)]
Units = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `person`, without what proves who they are."""

    id: int
    login: str
    name: str
    role: Role
    disabled_at: datetime | None
    created_at: datetime


class Abilities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an agent can do. No queues means every queue; work is counted in channel weights.

    `skills`: name to level, as in `language:id` or `product:fiber`. `capacity`: units in all;
    `ceilings`: units for a channel, where that is less.
    """

    skills: Annotated[dict[Word, Level], msgspec.Meta(max_length=200)] = {}
    queues: Annotated[list[Word], msgspec.Meta(max_length=200)] = []
    capacity: Units = 3
    ceilings: Annotated[dict[Word, Units], msgspec.Meta(max_length=50)] = {}

    def check(self, rules: Rulebook) -> None:
        """Raise `BadInput` at a queue or channel that the rulebook does not have."""
        for place, queue in enumerate(self.queues):
            if queue not in rules.queues:
                detail = f"There is no queue {queue!r} in the rulebook."
                raise BadInput(detail, code="unknown-queue", pointer=f"/queues/{place}")
        for channel in self.ceilings:
            if channel not in rules.channels:
                detail = f"There is no channel {channel!r} in the rulebook."
                pointer = "/ceilings/" + channel.replace("~", "~0").replace("/", "~1")
                raise BadInput(detail, code="unknown-channel", pointer=pointer)


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Until when a person is locked out after that many wrong passwords in a row."""
    beyond = failures - WRONG_MAX
    if beyond < 0:
        return None
    doublings = min(beyond, 10)  # past the maximum anyway
    return now + min(LOCK_MAX, LOCK_FIRST * 2**doublings)
