from datetime import timedelta

import msgspec

from contactcenter.actions.rate import Rating, rate
from contactcenter.model.rulebook import Satisfaction
from contactcenter.record.satisfaction import Question, read_answers_of, read_questions
from tests.contactcenter.actions.test_rate import RULES, resolved, settled_by_a_bot
from tests.contactcenter.floor import NOW, Floor, resolve


async def questions(floor: Floor, rules: Satisfaction = RULES, after_s: int = 0) -> list[Question]:
    at = NOW + timedelta(seconds=after_s)
    every = await floor.desk.rows("SELECT id FROM conversation")
    return await floor.run(read_questions, [row["id"] for row in every], rules, at)


async def test_what_an_agent_resolved_is_asked_about_until_it_was_answered(floor: Floor) -> None:
    item, own = await resolved(floor)
    conversation = (await floor.item(item))["conversation_id"]
    asked = Question(item, conversation, NOW + timedelta(hours=1))
    assert await questions(floor) == [asked]
    assert await questions(floor, after_s=3600) == []
    assert await questions(floor, Satisfaction()) == []
    assert await questions(floor, Satisfaction(ask=True, after=["no answer"])) == []
    await floor.run(rate, own, Rating(item=item, score=2, comment="Slow."), RULES, NOW)
    assert await questions(floor) == []
    [answer] = await floor.run(read_answers_of, conversation)
    assert (answer.item, answer.score, answer.comment) == (item, 2, "Slow.")


async def test_it_is_asked_while_the_agent_wraps_up(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.active(agent)
    await floor.run(resolve, agent, item, "solved", floor.book, NOW)
    assert (await floor.item(item))["state"] == "wrapup"
    assert [asked.item for asked in await questions(floor)] == [item]


async def test_what_a_bot_has_settled_is_asked_about_where_the_rules_say_so(floor: Floor) -> None:
    with_bots = msgspec.structs.replace(RULES, bots=True)
    item, own = await settled_by_a_bot(floor)
    assert await questions(floor) == []
    [asked] = await questions(floor, with_bots)
    await floor.run(rate, own, Rating(item=item, score=4), with_bots, NOW)
    assert await questions(floor, with_bots) == []
    [answer] = await floor.run(read_answers_of, asked.conversation)
    assert (answer.item, answer.agent, answer.score, answer.by) == (item, None, 4, "assistant")


async def test_nothing_is_asked_of_who_has_written_again(floor: Floor) -> None:
    await resolved(floor)
    await floor.desk.say("1", "One more thing.")
    assert await questions(floor) == []
