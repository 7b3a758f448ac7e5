"""A restart in the middle of the day."""

import msgspec
import pytest

from routing.engine import Engine
from routing.model import SECOND
from tests.routing.floor import Floor


def test_a_restored_engine_goes_on_as_if_nothing_had_happened() -> None:
    floor = Floor()
    floor.agent(1, capacity=1)
    floor.queue(7)
    floor.queue(8, queue="owned", sticky_agent=1, sticky_until=floor.now + 30 * SECOND)
    assert floor.offered() == {7: 1}
    floor.engine = Engine.restore(floor.engine.snapshot())
    assert floor.proposed() == {}
    assert floor.engine.wake_at() == floor.now + 30 * SECOND
    floor.accept(7)
    floor.done(7)
    assert floor.proposed() == {8: 1}


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        Engine.restore(b"nothing")
