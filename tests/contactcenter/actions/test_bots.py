import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import pytest

from contactcenter.actions.bots import Done, HandOver, Said, bot_close, bot_reply, hand_over
from contactcenter.actions.receive import Received
from contactcenter.actions.transfer import assign, requeue
from contactcenter.errors import BadInput, Conflict, NotFound
from contactcenter.model.caller import SYSTEM
from tests.contactcenter.invariants import broken

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


@dataclass
class Bot:
    """The assistant of the website, which has the work of what a visitor said."""

    desk: Any
    id: int
    heard: Received
    numbers: "count[int]"

    async def item(self) -> dict[str, Any]:
        [row] = await self.desk.rows("SELECT * FROM work_item")
        return row

    async def said(self, text: str = "hi", **changed: Any) -> Said:
        item = await self.item()
        key = f"b{next(self.numbers)}"
        said = Said(
            key_id=self.id,
            connection_id=await self.desk.channel("web", "web"),
            key=key,
            digest=key.encode(),
            item=item["id"],
            epoch=item["epoch"],
            text=text,
            occurred_at=NOW,
        )
        return msgspec.structs.replace(said, **changed)

    async def replies(self, said: Said, seen: int = 99) -> Done:
        return await self.desk.database.run(lambda tx: bot_reply(tx, said, seen, LATER))

    async def hands_over(self, said: Said, **what: Any) -> Done:
        wanted = HandOver(**what)
        return await self.desk.database.run(
            lambda tx: hand_over(tx, said, wanted, self.desk.book, LATER)
        )

    async def closes(self, said: Said, disposition: str = "solved") -> Done:
        return await self.desk.database.run(
            lambda tx: bot_close(tx, said, disposition, self.desk.book, LATER)
        )

    async def everything(self) -> list[Any]:
        """All that a refused command could have left behind."""
        tables = ("dedupe", "interaction", "conversation", "work_item", "log", "timer")
        return [
            await self.desk.rows(f"SELECT t::text FROM {t} AS t ORDER BY 1")  # noqa: S608 -- ours
            for t in tables
        ]


@pytest.fixture
async def bot(desk: Any) -> AsyncIterator[Bot]:
    key = await desk.value(
        "INSERT INTO api_key (name, secret_hash, scopes, created_at)"
        " VALUES ('assistant', '', '{}', now()) RETURNING id"
    )
    heard = await desk.say("v1", "I need help", by="web", channel="web", at=NOW)
    yield Bot(desk, key, heard, count(1))
    assert await broken(desk.database) == []


# Reply ------------------------------------------------------------------------------------------


async def test_an_answer_goes_back_the_way_the_customer_came(bot: Bot, desk: Any) -> None:
    done = await bot.replies(await bot.said("hello"))

    assert (done.conversation, done.number, done.duplicate) == (bot.heard.conversation, 2, False)
    [asked, answer] = await desk.rows("SELECT * FROM interaction ORDER BY number")
    assert (answer["id"], answer["text"], answer["direction"]) == (
        done.interaction,
        "hello",
        "outbound",
    )
    assert (answer["author_kind"], answer["author_id"]) == ("bot", bot.id)
    assert answer["channel"] == "web"
    for column in ("connection_id", "identity_id"):
        assert answer[column] == asked[column]


async def test_after_an_answer_it_is_the_customers_turn(bot: Bot) -> None:
    await bot.replies(await bot.said())
    item = await bot.item()
    assert (item["state"], item["waiting_for"], item["waiting_since"]) == ("bot", "customer", LATER)


async def test_the_customers_next_words_make_it_our_turn(bot: Bot, desk: Any) -> None:
    await bot.replies(await bot.said())
    await desk.say("v1", by="web", channel="web", at=LATER)
    assert (await bot.item())["waiting_for"] == "us"


@pytest.mark.parametrize(("keyed", "delivery"), [(False, "sent"), (True, "queued")])
async def test_what_leaves_by_webhook_waits_for_it(
    bot: Bot, desk: Any, *, keyed: bool, delivery: str
) -> None:
    if keyed:
        await desk.rows("UPDATE connection SET api_key_id = $1", bot.id)
    await bot.replies(await bot.said())
    assert await desk.value("SELECT delivery FROM interaction WHERE number = 2") == delivery


async def test_an_answer_that_does_not_know_of_anothers_is_refused_with_it(
    bot: Bot, desk: Any
) -> None:
    await desk.rows(
        "UPDATE conversation SET answered_number = 1, answered_kind = 'agent', answered_id = 7"
    )
    before = await bot.everything()

    with pytest.raises(Conflict) as refused:
        await bot.replies(await bot.said(), seen=0)

    assert refused.value.code == "answered-meanwhile"
    assert refused.value.context["answer"].text == "I need help"
    assert await bot.everything() == before


async def test_its_own_answers_and_the_customers_words_refuse_nothing(bot: Bot, desk: Any) -> None:
    await bot.replies(await bot.said())
    await desk.say("v1", by="web", channel="web", at=LATER)
    assert (await bot.replies(await bot.said(), seen=1)).number == 4


# Hand over --------------------------------------------------------------------------------------


async def test_what_is_handed_over_waits_for_people_with_a_summary(bot: Bot, desk: Any) -> None:
    before = await bot.item()

    done = await bot.hands_over(await bot.said("their bill is wrong"))

    item = await bot.item()
    assert (item["state"], item["bot_id"], item["epoch"]) == ("queued", None, before["epoch"] + 1)
    assert (item["queue"], item["enqueued_at"]) == ("care", LATER)
    [summary] = await desk.rows("SELECT * FROM interaction WHERE number = 2")
    assert (summary["id"], summary["kind"], summary["direction"]) == (
        done.interaction,
        "summary",
        "internal",
    )
    assert summary["text"] == "their bill is wrong"
    [queued] = await desk.facts("ItemQueued")
    assert (queued["because"], queued["bot"]) == ("handed_over", bot.id)


async def test_after_a_hand_over_it_is_our_turn(bot: Bot) -> None:
    await bot.replies(await bot.said("I connect you"))
    await bot.hands_over(await bot.said())
    item = await bot.item()
    assert (item["waiting_for"], item["waiting_since"]) == ("us", LATER)


@pytest.mark.parametrize(
    ("what", "queue", "asked"),
    [
        ({}, "care", {}),
        ({"intent": "billing"}, "billing", {"product:billing": 1}),
        ({"intent": "internet_down"}, "fiber", {"product:fiber": 2}),
        ({"intent": "something new"}, "care", {}),
        ({"queue": "fiber"}, "fiber", {"product:fiber": 2}),
        ({"queue": "fiber", "intent": "billing"}, "fiber", {"product:fiber": 2}),
        ({"queue": "care", "skills": {"language:id": 3}}, "care", {"language:id": 3}),
        ({"queue": "fiber", "skills": {"product:fiber": 1}}, "fiber", {"product:fiber": 2}),
        ({"queue": "fiber", "skills": {"product:fiber": 5}}, "fiber", {"product:fiber": 5}),
    ],
)
async def test_intent_and_queue_say_where_it_waits_and_what_it_asks(
    bot: Bot, what: dict[str, Any], queue: str, asked: dict[str, int]
) -> None:
    await bot.hands_over(await bot.said(), **what)

    item = await bot.item()
    assert (item["queue"], msgspec.json.decode(item["requirement"])) == (queue, asked)
    assert item["intent"] == what.get("intent")


async def test_an_intents_own_requirement_is_asked_of_the_agent(bot: Bot) -> None:
    rules = bot.desk.book.rules
    intent = msgspec.structs.replace(rules.intents["billing"], requirement={"refunds": 2})
    bot.desk.book = msgspec.structs.replace(
        bot.desk.book, rules=msgspec.structs.replace(rules, intents={"billing": intent})
    )
    await bot.hands_over(await bot.said(), intent="billing", skills={"language:id": 1})

    asked = msgspec.json.decode((await bot.item())["requirement"])
    assert asked == {"language:id": 1, "product:billing": 1, "refunds": 2}


async def test_what_it_asked_stays_when_a_supervisor_moves_the_work(bot: Bot) -> None:
    await bot.hands_over(await bot.said(), intent="billing", skills={"language:id": 3})
    item = (await bot.item())["id"]
    await bot.desk.database.run(lambda tx: requeue(tx, item, "fiber", SYSTEM, bot.desk.book, LATER))

    asked = msgspec.json.decode((await bot.item())["requirement"])
    assert asked == {"language:id": 3, "product:fiber": 2}


async def test_an_unknown_queue_leaves_nothing_behind_and_the_key_free(bot: Bot) -> None:
    before = await bot.everything()
    said = await bot.said()

    with pytest.raises(BadInput) as refused:
        await bot.hands_over(said, queue="nowhere")

    assert refused.value.pointer == "/queue"
    assert await bot.everything() == before
    assert (await bot.hands_over(said, queue="care")).duplicate is False


# Close ------------------------------------------------------------------------------------------


async def test_what_the_bot_has_settled_is_done(bot: Bot, desk: Any) -> None:
    done = await bot.closes(await bot.said("it was only a question"))

    item = await bot.item()
    assert (item["state"], item["disposition"], item["ended_at"]) == ("done", "solved", LATER)
    assert await desk.rows("SELECT state, close_reason, closed_at FROM conversation") == [
        {"state": "closed", "close_reason": "bot", "closed_at": LATER}
    ]
    [note] = await desk.rows("SELECT id, kind, text FROM interaction WHERE number = 2")
    assert note == {"id": done.interaction, "kind": "note", "text": "it was only a question"}
    assert [f["disposition"] for f in await desk.facts("ItemDone")] == ["solved"]
    assert [f["reason"] for f in await desk.facts("ConversationClosed")] == ["bot"]


async def test_who_comes_back_is_with_the_bot_again(bot: Bot, desk: Any) -> None:
    await bot.closes(await bot.said())
    again = await desk.say("v1", by="web", channel="web", at=LATER)
    assert (again.conversation, again.number) == (bot.heard.conversation, 3)
    assert await desk.value("SELECT bot_id FROM work_item WHERE state = 'bot'") == bot.id


async def test_an_unknown_disposition_leaves_nothing_behind_and_the_key_free(bot: Bot) -> None:
    before = await bot.everything()
    said = await bot.said()

    with pytest.raises(BadInput, match="solved") as refused:
        await bot.closes(said, "whatever")

    assert refused.value.pointer == "/disposition"
    assert await bot.everything() == before
    assert (await bot.closes(said)).duplicate is False


# The fence --------------------------------------------------------------------------------------

COMMANDS = ["replies", "hands_over", "closes"]


@pytest.mark.parametrize("command", COMMANDS)
async def test_after_the_hand_over_whatever_the_bot_sends_is_fenced(bot: Bot, command: str) -> None:
    late = await bot.said("too late")
    await bot.hands_over(await bot.said())
    before = await bot.everything()

    with pytest.raises(Conflict) as refused:
        await getattr(bot, command)(late)

    assert (refused.value.code, refused.value.context["state"]) == ("fenced", "queued")
    assert await bot.everything() == before


@pytest.mark.parametrize("command", COMMANDS)
async def test_after_a_supervisors_order_whatever_the_bot_sends_is_fenced(
    bot: Bot, desk: Any, command: str
) -> None:
    late = await bot.said("too late")
    agent = await desk.person()
    await desk.database.run(lambda tx: assign(tx, 1, late.item, agent, desk.book, NOW))

    with pytest.raises(Conflict) as refused:
        await getattr(bot, command)(late)

    assert (refused.value.code, refused.value.context["state"]) == ("fenced", "active")


async def test_who_guesses_the_new_epoch_is_fenced_all_the_same(bot: Bot, desk: Any) -> None:
    said = await bot.said()
    await desk.database.run(lambda tx: requeue(tx, said.item, None, SYSTEM, desk.book, NOW))

    with pytest.raises(Conflict, match="no longer reaches"):
        await bot.replies(await bot.said())


@pytest.mark.parametrize("changed", [{"key_id": 404}, {"epoch": 0}, {"epoch": 2}])
async def test_another_bot_and_another_epoch_are_fenced(bot: Bot, changed: dict[str, int]) -> None:
    with pytest.raises(Conflict):
        await bot.replies(await bot.said(**changed))


async def test_there_must_be_such_work(bot: Bot) -> None:
    before = await bot.everything()
    with pytest.raises(NotFound):
        await bot.replies(await bot.said(item=404))
    assert await bot.everything() == before


async def test_of_a_reply_and_an_order_at_once_one_is_first(bot: Bot, desk: Any) -> None:
    said = await bot.said()
    agent = await desk.person()

    reply, _ = await asyncio.gather(
        bot.replies(said),
        desk.database.run(lambda tx: assign(tx, 1, said.item, agent, desk.book, NOW)),
        return_exceptions=True,
    )

    assert isinstance(reply, Done) or reply.code == "fenced"
    assert (await bot.item())["agent_id"] == agent


# Each thing once --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_same_again_is_answered_as_the_first_time_and_done_once(
    bot: Bot, command: str
) -> None:
    said = await bot.said()
    first = await getattr(bot, command)(said)
    after = await bot.everything()

    again = await getattr(bot, command)(said)

    assert again == msgspec.structs.replace(first, duplicate=True)
    assert await bot.everything() == after


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_same_at_once_is_done_once(bot: Bot, command: str) -> None:
    said = await bot.said()

    answers = await asyncio.gather(*(getattr(bot, command)(said) for _ in range(4)))

    assert sorted(a.duplicate for a in answers) == [False, True, True, True]
    assert {a.interaction for a in answers} == {answers[0].interaction}


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_same_key_for_something_else_is_refused(bot: Bot, command: str) -> None:
    said = await bot.said()
    await bot.replies(said)

    with pytest.raises(BadInput) as refused:
        await getattr(bot, command)(msgspec.structs.replace(said, digest=b"other"))

    assert (refused.value.code, refused.value.pointer) == ("key-reused", "/key")


async def test_what_was_fenced_may_be_sent_again_under_its_key(bot: Bot) -> None:
    said = await bot.said()
    with pytest.raises(Conflict):
        await bot.replies(msgspec.structs.replace(said, epoch=9))

    assert (await bot.replies(said)).duplicate is False
