import asyncio
from collections.abc import Iterator

import pytest

from contactcenter.live import turns
from contactcenter.live.turns import Turns


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "CHUNK", 2)


def steps(told: list[str], name: str, count: int) -> Iterator[None]:
    return (told.append(f"{name}{n}") for n in range(count))


def test_few_steps_are_taken_at_once() -> None:
    told: list[str] = []
    one = Turns()
    one.add(steps(told, "a", 1))
    one.add(steps(told, "b", 1))
    assert told == ["a0", "b0"]


async def test_many_steps_let_others_have_their_turn_in_between() -> None:
    told: list[str] = []
    one = Turns()
    one.add(steps(told, "a", 5))
    assert told == ["a0", "a1"]
    await asyncio.sleep(0)
    assert told == ["a0", "a1", "a2", "a3"]
    await asyncio.sleep(0)
    assert told == ["a0", "a1", "a2", "a3", "a4"]


async def test_what_comes_later_waits_for_what_came_before() -> None:
    told: list[str] = []
    one = Turns()
    one.add(steps(told, "a", 3))
    one.add(steps(told, "b", 3))
    one.add(steps(told, "c", 1))
    for _ in range(5):
        await asyncio.sleep(0)
    assert told == ["a0", "a1", "a2", "b0", "b1", "b2", "c0"]


async def test_a_step_that_raises_holds_up_nobody_behind_it() -> None:
    told: list[str] = []
    one = Turns()
    with pytest.raises(ZeroDivisionError):
        one.add(1 // n for n in (1, 0))
    one.add(steps(told, "a", 1))
    await asyncio.sleep(0)
    assert told == ["a0"]
