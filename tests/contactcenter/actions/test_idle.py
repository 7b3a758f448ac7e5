from datetime import datetime, timedelta

import pytest

from contactcenter.actions.idle import item_idle
from tests.contactcenter.conftest import NOW
from tests.contactcenter.floor import Floor, reply

TEXT = "Are you still there?"


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Silence:
    """An agent has answered at NOW, and the customer is silent."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        floor.rules(
            record={
                "dormant_after_s": 10,
                "remind_after_s": 20,
                "remind_text": TEXT,
                "resolve_after_s": 30,
            }
        )

    async def begin(self) -> None:
        self.agent = await self.floor.desk.person(capacity=1)
        self.item = await self.floor.active(self.agent)
        await self.answer(NOW)

    async def answer(self, at: datetime) -> None:
        book = self.floor.book
        await self.floor.run(
            reply, self.agent, self.item, "So?", seen=9, connection_id=None, book=book, now=at
        )

    async def lasts(self, seconds: float) -> None:
        await self.floor.ring(item_idle, "item_idle", after(seconds))

    async def row(self, *fields: str) -> tuple[object, ...]:
        item = await self.floor.item(self.item)
        return tuple(item[f] for f in fields)

    async def reminders(self) -> list[dict[str, object]]:
        return await self.floor.desk.rows(
            "SELECT text, author_kind, direction FROM interaction WHERE kind = 'reminder'"
        )


@pytest.fixture
async def silence(floor: Floor) -> Silence:
    silence = Silence(floor)
    await silence.begin()
    return silence


async def test_dormant_item_frees_capacity(silence: Silence) -> None:
    await silence.lasts(10)
    assert await silence.row("state", "weight") == ("active", 0)
    [weighed] = await silence.floor.desk.facts("ItemWeighed")
    assert (weighed["weight"], weighed["dormant"]) == (0, True)
    assert await silence.floor.timers() == [("item_idle", silence.item, after(20))]
    assert await silence.floor.propose((await silence.floor.waiting("2"), silence.agent)) == []


async def test_reminder_goes_out_once_and_answers_nobody(silence: Silence) -> None:
    await silence.lasts(10)
    await silence.lasts(20)
    await silence.lasts(25)
    assert [tuple(r.values()) for r in await silence.reminders()] == [(TEXT, "system", "outbound")]
    assert await silence.row("waiting_for", "waiting_since") == ("customer", NOW)
    assert await silence.floor.desk.value("SELECT answered_number FROM conversation") == 2
    assert await silence.floor.timers() == [("item_idle", silence.item, after(30))]


async def test_it_is_resolved_at_the_end(silence: Silence) -> None:
    await silence.lasts(20)
    await silence.lasts(30)
    assert await silence.row("state", "disposition") == ("done", "no answer")
    assert await silence.floor.desk.value("SELECT close_reason FROM conversation") == "unanswered"
    assert await silence.floor.timers() == []
    seated = await silence.floor.agent(silence.agent)
    assert seated["idle_since"] == after(30)


async def test_what_comes_late_rests_and_reminds_at_once(silence: Silence) -> None:
    await silence.lasts(25)
    assert await silence.row("weight", "reminded_at") == (0, after(25))
    assert len(await silence.reminders()) == 1


async def test_timer_that_comes_early_is_set_for_when_it_is_due(silence: Silence) -> None:
    await silence.lasts(3)
    assert await silence.row("weight") == (1,)
    assert await silence.floor.timers() == [("item_idle", silence.item, after(10))]


async def test_another_word_of_ours_starts_the_silence_anew(silence: Silence) -> None:
    await silence.lasts(20)
    await silence.answer(after(28))
    await silence.lasts(38)
    assert await silence.row("state", "reminded_at") == ("active", None)
    await silence.lasts(48)
    assert len(await silence.reminders()) == 2


async def test_customer_who_writes_wakes_it(silence: Silence) -> None:
    await silence.lasts(10)
    await silence.floor.desk.say("1", "Yes!", at=after(12))
    assert await silence.row("weight", "waiting_for") == (1, "us")
    await silence.lasts(30)
    assert await silence.row("state") == ("active",)
    assert await silence.floor.timers() == []


async def test_woken_item_never_exceeds_the_capacity(silence: Silence) -> None:
    await silence.lasts(10)
    await silence.floor.active(silence.agent, "2")
    await silence.floor.desk.say("1", "Yes!", at=after(12))
    row = await silence.row("state", "agent_id", "sticky_agent_id")
    assert row == ("queued", None, silence.agent)


async def test_weight_that_saves_nothing_changes_nothing(silence: Silence) -> None:
    silence.floor.rules(record={"dormant_weight": 1})
    await silence.lasts(10)
    assert await silence.floor.desk.facts("ItemWeighed") == []


async def test_who_cannot_be_reached_is_not_reminded(silence: Silence) -> None:
    await silence.floor.desk.rows("UPDATE connection SET disabled_at = now()")
    await silence.lasts(20)
    assert await silence.reminders() == []
    await silence.lasts(30)
    assert await silence.row("state") == ("done",)
