"""Members leave from anywhere, and the top lives."""

from hypothesis import given
from hypothesis import strategies as st

from routing.heap import LiveHeap, least

MOVES = st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=300)


def filled(*keys: tuple[int, int, int]) -> LiveHeap:
    heap = LiveHeap()
    for key in keys:
        heap.put(key)
    return heap


@given(moves=MOVES)
def test_the_top_is_the_least_of_those_who_are_there(moves: list[tuple[int, int | None]]) -> None:
    heap, there = LiveHeap(), dict[int, tuple[int, int, int]]()
    for member, place in moves:
        if place is None:
            heap.discard(member)
            there.pop(member, None)
        else:
            heap.put((place, 0, member))
            there[member] = (place, 0, member)
        assert heap.live == there
        assert (heap.heap[0] if heap.heap else None) == min(there.values(), default=None)


def test_a_heap_does_not_grow_with_members_who_move_on() -> None:
    heap = filled((0, 0, 1))
    for place in range(1000):
        heap.put((1000 - place, 0, 2))
        heap.put((place + 1, 0, 3))
    assert len(heap.heap) < 100


def test_the_first_is_found_behind_those_who_are_barred_and_they_keep_their_place() -> None:
    heap = filled((1, 0, 7), (2, 0, 8), (3, 0, 9))
    assert heap.first({7, 8}) == (3, 0, 9)
    assert heap.first({7, 8, 9}) is None
    assert heap.first(()) == (1, 0, 7)


def test_the_least_of_several_heaps_is_found_behind_those_who_are_barred() -> None:
    heaps = [filled((1, 0, 7), (4, 0, 8)), LiveHeap(), filled((3, 0, 9)), filled((2, 0, 6))]
    assert least(heaps, ()) == (1, 0, 7)
    assert least(heaps, {7, 6}) == (3, 0, 9)
    assert least(heaps, {6, 7, 8, 9}) is None
    assert least([LiveHeap()], ()) is None
