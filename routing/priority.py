"""The order of waiting items: one key each, fixed on arrival.

Every item ages at the same pace, so the order of two waiting items never changes and a heap need
not be re-keyed. A head start moves the arrival back; it is a stated time, never a rank.
"""

from routing.facts import ItemQueued
from routing.heap import Key
from routing.model import SECOND


def key(entry: ItemQueued) -> Key:
    """Return (arrival less head start, sequence, item); the least goes first."""
    return entry.enqueued_at - head_start(entry), entry.sequence, entry.item


def head_start(entry: ItemQueued) -> int:
    """Return the head start granted in all, in microseconds."""
    return sum(granted.micros for granted in entry.head_starts)


def seconds(micros: int) -> str:
    """Say a duration of no less than nothing, cut to tenths of a second: `300 s`, `4.5 s`."""
    whole, tenths = divmod(max(micros, 0) // (SECOND // 10), 10)
    return f"{whole}.{tenths} s" if tenths else f"{whole} s"
