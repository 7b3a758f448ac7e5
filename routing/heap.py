"""A heap whose top always lives, though members leave from anywhere."""

from collections.abc import Container
from heapq import heappop, heappush

Key = tuple[int, int, int]
"""What orders a member; its last part is the member's id."""

# A heap may hold this many dead entries beyond twice the living before it is rebuilt.
_SLACK = 64


class LiveHeap:
    """Members in the order of their keys, each at most once.

    `live` maps a member's id to its key. `heap` may hold keys of those who left or moved; they are
    dropped when they come to the top, so `heap[0]`, where there is one, is the least living key.
    """

    __slots__ = ("heap", "live")

    def __init__(self) -> None:
        """Start empty."""
        self.heap: list[Key] = []
        self.live: dict[int, Key] = {}

    def put(self, key: Key) -> None:
        """Add a member, or move it to this key."""
        before = self.live.get(key[2])
        if before != key:
            self.live[key[2]] = key
            heappush(self.heap, key)
            if before is not None:
                self._settle()

    def discard(self, member: int) -> None:
        """Remove a member if it is here."""
        if self.live.pop(member, None) is not None:
            self._settle()

    def first(self, barred: Container[int]) -> Key | None:
        """Return the least key of a member who is not barred."""
        aside: list[Key] = []
        while self.heap and self.heap[0][2] in barred:
            aside.append(heappop(self.heap))
            self._settle()
        found = self.heap[0] if self.heap else None
        for key in aside:
            heappush(self.heap, key)
        return found

    def _settle(self) -> None:
        heap, live = self.heap, self.live
        if len(heap) > 2 * len(live) + _SLACK:
            heap[:] = sorted(live.values())
        while heap and live.get(heap[0][2]) != heap[0]:
            heappop(heap)


def least(heaps: list[LiveHeap], barred: Container[int]) -> Key | None:
    """Return the least key over several heaps of a member who is not barred."""
    tops = [each.heap[0] for each in heaps if each.heap]
    if not tops:
        return None
    top = min(tops)
    if top[2] not in barred:
        return top
    firsts = (each.first(barred) for each in heaps)
    return min((key for key in firsts if key is not None), default=None)
