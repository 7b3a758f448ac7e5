"""An offer: one item put to one agent for a limited time.

    pending ──► accepted, declined, expired, rescinded

Accepting is a compare-and-set on the offer. Declined and expired are misses.
"""

from datetime import datetime

import msgspec

from contactcenter.explanation import Explanation
from contactcenter.words import OfferState, RescindReason


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `offer`, without its explanation."""

    id: int
    item_id: int
    agent_id: int
    state: OfferState
    reason: RescindReason | None
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    excluded_until: datetime | None
    sentence: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine proposes: put the item to the agent, and why."""

    item_id: int
    agent_id: int
    explanation: Explanation
