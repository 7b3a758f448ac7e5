from datetime import UTC, datetime
from typing import get_args

import msgspec
import pytest

from contactcenter import facts
from contactcenter.model.webhook_event import (
    Appended,
    Conversation,
    Delivered,
    Event,
    Identity,
    Item,
    event,
    events,
    identities,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOT = 7
IVY = Identity(3, "phone", "front", "+4912345")
ABOUT = {"item": 5, "conversation": 9, "customer": 2, "queue": "billing", "channel": "mobile"}
KNOWN = {IVY.id: IVY}


def said(**changes: object) -> facts.Said:
    plain = facts.Said(
        id=11,
        number=4,
        kind="message",
        direction="outbound",
        channel="mobile",
        author_kind="agent",
        author_id=6,
        identity_id=IVY.id,
        connection_id=8,
        text="Good morning",
        delivery="queued",
        occurred_at=AT,
        received_at=AT,
        request_id="r1",
    )
    return msgspec.structs.replace(plain, **changes)


def appended(bot: int | None = BOT, **changes: object) -> facts.InteractionAppended:
    return facts.InteractionAppended(
        at=AT, conversation=9, customer=2, item=5, epoch=3, said=said(**changes), bot=bot
    )


def queued(bot: int | None = BOT) -> facts.ItemQueued:
    return facts.ItemQueued(
        at=AT,
        **ABOUT,
        bot=bot,
        epoch=3,
        because="handed_over",
        weight=1,
        requirement={},
        band=0,
        enqueued_at=AT,
        head_start_us=0,
        head_start_words=[],
    )


def test_an_answer_is_told_to_the_bot_that_takes_part_and_to_the_key_by_which_it_leaves() -> None:
    told = events(msgspec.structs.replace(appended(), via=BOT + 1), KNOWN)
    assert [e.key for e in told] == [BOT, BOT + 1]
    assert [e.key for e in events(msgspec.structs.replace(appended(), via=BOT), KNOWN)] == [BOT]


def test_what_is_said_is_told_with_whom_it_is_for_and_waits_for_the_bot() -> None:
    assert event(appended(), KNOWN) == Event(
        BOT,
        9,
        "interaction.appended",
        AT,
        Appended(
            interaction=11,
            number=4,
            customer=2,
            kind="message",
            direction="outbound",
            channel="mobile",
            connection=8,
            identity=IVY,
            author_kind="agent",
            author_id=6,
            text="Good morning",
            delivery="queued",
            occurred_at=AT,
            received_at=AT,
            item=5,
            epoch=3,
        ),
        interaction_id=11,
    )


@pytest.mark.parametrize("delivery", [None, "sent", "delivered"])
def test_only_what_is_queued_is_delivered_by_arriving(delivery: str | None) -> None:
    told = event(appended(delivery=delivery), KNOWN)
    assert told is not None
    assert told.interaction_id is None


def test_a_note_is_for_staff_only() -> None:
    assert event(appended(kind="note", direction="internal"), KNOWN) is None


ITEM = Item(item=5, customer=2, queue="billing", channel="mobile")


@pytest.mark.parametrize(
    ("fact", "kind", "data"),
    [
        (
            facts.BotOwned(at=AT, **ABOUT, bot=BOT, epoch=1),
            "item.bot_owned",
            msgspec.structs.replace(ITEM, epoch=1),
        ),
        (queued(), "item.queued", msgspec.structs.replace(ITEM, epoch=3, because="handed_over")),
        (
            facts.ItemAssigned(
                at=AT, **ABOUT, bot=BOT, agent=6, weight=1, epoch=4, enqueued_at=AT, offer=1
            ),
            "item.assigned",
            msgspec.structs.replace(ITEM, epoch=4, agent=6),
        ),
        (
            facts.ItemDone(at=AT, **ABOUT, bot=BOT, agent=6, disposition="solved"),
            "item.done",
            msgspec.structs.replace(ITEM, agent=6, disposition="solved"),
        ),
        (
            facts.ConversationReopened(at=AT, conversation=9, customer=2, bot=BOT),
            "conversation.reopened",
            Conversation(2),
        ),
        (
            facts.ConversationClosed(
                at=AT, conversation=9, customer=2, reason="resolved", agents=[6], bot=BOT
            ),
            "conversation.closed",
            Conversation(2, "resolved"),
        ),
        (
            facts.DeliveryChanged(
                at=AT, conversation=9, identity_id=IVY.id, up_to=4, delivery="read", bot=BOT
            ),
            "delivery.changed",
            Delivered("read", 4, IVY),
        ),
    ],
)
def test_each_kind_of_event_tells_its_fields(fact: facts.Fact, kind: str, data: object) -> None:
    assert event(fact, KNOWN) == Event(BOT, 9, kind, AT, data)


@pytest.mark.parametrize("fact", [appended(bot=None), queued(bot=None)])
def test_where_no_bot_takes_part_nothing_is_told(fact: facts.Fact) -> None:
    assert event(fact, KNOWN) is None


def test_an_unknown_identity_is_left_out() -> None:
    told = event(appended(), {})
    assert told is not None
    assert "identity" not in msgspec.to_builtins(told.data)


def test_the_identities_that_events_will_name_are_found() -> None:
    changed = facts.DeliveryChanged(
        at=AT, conversation=9, identity_id=12, up_to=4, delivery="read", bot=BOT
    )
    assert identities([appended(), appended(identity_id=None), changed, queued()]) == {3, 12}


def test_every_other_fact_is_told_to_no_bot() -> None:
    told = {
        facts.InteractionAppended,
        facts.DeliveryChanged,
        facts.ConversationReopened,
        facts.ConversationClosed,
        facts.BotOwned,
        facts.ItemQueued,
        facts.ItemAssigned,
        facts.ItemDone,
    }
    silent = [kind for kind in get_args(facts.Fact) if kind not in told]
    # Even one with a bot; only the kind decides, so the fields need no values.
    made = [kind(**dict.fromkeys(kind.__struct_fields__, BOT)) for kind in silent]
    assert [event(fact, {}) for fact in made] == [None] * len(silent)
