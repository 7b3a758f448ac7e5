"""Everything that can happen to work and to agents, each as it really happens: by its action.

What follows the log (boards, the router's memory) must know as much after each as if it had read
the records anew. A name begins with the module of the action that it is about.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from contactcenter.actions import consult
from contactcenter.actions.abandon import leave
from contactcenter.actions.alerts import acknowledge, alert_climbs
from contactcenter.actions.block_identity import block_identity
from contactcenter.actions.bots import HandOver, bot_close, bot_reply, hand_over
from contactcenter.actions.confirm import Confirmation, confirm
from contactcenter.actions.handle.hold import held_replies_due, hold_reply
from contactcenter.actions.handle.reply import Reply
from contactcenter.actions.idle import item_idle
from contactcenter.actions.mark_spam import mark_spam, unmark_spam
from contactcenter.actions.merge import unmerge
from contactcenter.actions.miss import decline, lapse
from contactcenter.actions.note import note
from contactcenter.actions.people import (
    PersonChange,
    change_person,
    configure_agent,
)
from contactcenter.actions.presence import grace_ended, reap, set_presence
from contactcenter.actions.publish import publish
from contactcenter.actions.rate import Rating, rate
from contactcenter.actions.read import read
from contactcenter.actions.start_conversation import Start, start_conversation
from contactcenter.actions.tag import tag_conversation
from contactcenter.actions.teams import (
    MembersChange,
    TeamChange,
    change_members,
    change_team,
)
from contactcenter.actions.transfer import assign, requeue, transfer
from contactcenter.actions.undo import set_undo
from contactcenter.actions.wrap_up import finish_wrap_up, wrap_up_ended
from contactcenter.model.caller import SYSTEM, Actor
from contactcenter.model.person import Abilities
from contactcenter.record.alerts import Notice, raise_alert
from tests.contactcenter.automating import automation, automations, worked
from tests.contactcenter.case_scenes import CASE_SCENES
from tests.contactcenter.floor import accept, resolve
from tests.contactcenter.scene import Scene


async def receive__somebody_new(s: Scene) -> None:
    await s.floor.waiting(s.who("new"), at=s.at(1))


async def receive__with_a_bot(s: Scene) -> None:
    await s.with_bot()


async def receive__more_words(s: Scene) -> None:
    await s.answer()
    await s.floor.desk.say(s.who("mine"), "Yes.", at=s.at(4))


async def receive__in_wrap_up(s: Scene) -> None:
    await s.resolved()
    await s.floor.desk.say(s.who("mine"), "Wait!", at=s.at(4))


async def receive__after_the_agent_signed_out(s: Scene) -> None:
    await s.answer()
    await s.floor.run(set_presence, s.agent, "offline", None, s.floor.book, s.at(3))
    await s.floor.desk.say(s.who("mine"), "Yes.", at=s.at(4))


async def receive__by_a_full_agent(s: Scene) -> None:
    await s.answer(0)
    await s.floor.ring(item_idle, "item_idle", s.at(300))
    for turn in range(3):
        await s.floor.run(
            assign,
            7,
            await s.floor.waiting(s.who(f"c{turn}"), at=s.at(301)),
            s.agent,
            s.floor.book,
            s.at(302),
        )
    await s.floor.desk.say(s.who("mine"), "Yes.", at=s.at(303))


async def receive__once_more_within_the_window(s: Scene) -> None:
    await s.resolved()
    await s.floor.run(finish_wrap_up, s.agent, s.mine, s.at(4))
    await s.floor.waiting(s.who("mine"), at=s.at(5))


async def extend__an_offer(s: Scene) -> None:
    await s.offer()


async def handle__accept(s: Scene) -> None:
    await s.floor.run(accept, s.other, await s.offer(), s.floor.book, s.at(2))


async def handle__accept_too_late_for_the_target(s: Scene) -> None:
    await s.floor.run(accept, s.other, await s.offer(), s.floor.book, s.at(100))


async def handle__accept_on_another_day(s: Scene) -> None:
    await s.floor.run(accept, s.other, await s.offer(), s.floor.book, s.at(86_400))


async def miss__declined(s: Scene) -> None:
    await s.floor.run(decline, s.other, await s.offer(), s.floor.book, s.at(2))


async def miss__lapsed(s: Scene) -> None:
    await s.offer()
    await s.floor.ring(lapse, "offer_lapse", s.at(20))


async def miss__once_too_often(s: Scene) -> None:
    await s.floor.desk.rows("UPDATE agent SET misses = 2 WHERE id = $1", s.other)
    await s.floor.offer(await s.floor.waiting(s.who("new"), at=s.at(0)), s.other, s.at(1))
    await s.floor.run(decline, s.other, await s.offer(), s.floor.book, s.at(2))


async def presence__away(s: Scene) -> None:
    await s.offer()
    await s.floor.run(set_presence, s.other, "away", "lunch", s.floor.book, s.at(2))


async def presence__away_and_back(s: Scene) -> None:
    await presence__away(s)
    await s.floor.run(set_presence, s.other, "available", None, s.floor.book, s.at(3))


async def presence__gone(s: Scene) -> None:
    await s.offer()
    await s.vanish(s.other)
    await s.vanish(s.agent)


async def presence__gone_and_back(s: Scene) -> None:
    await presence__gone(s)
    await s.open_socket(s.agent)


async def presence__gone_past_grace(s: Scene) -> None:
    await presence__gone(s)
    await s.floor.ring(grace_ended, "agent_grace", s.at(40))


async def presence__gone_past_grace_and_back(s: Scene) -> None:
    await presence__gone_past_grace(s)
    await s.open_socket(s.agent)
    await s.floor.run(set_presence, s.agent, "available", None, s.floor.book, s.at(41))


async def presence__gone_past_grace_in_wrap_up(s: Scene) -> None:
    await s.resolved()
    await presence__gone_past_grace(s)


async def presence__reaped(s: Scene) -> None:
    await s.floor.desk.rows("UPDATE process SET expires_at = now() - interval '1 second'")
    await s.floor.run(reap, s.floor.book, s.at(7))


async def handle__reply(s: Scene) -> None:
    await s.answer()


async def handle__a_held_reply_that_leaves(s: Scene) -> None:
    said = Reply(agent=s.agent, item=s.mine, text="So?", seen=9)
    await s.floor.run(hold_reply, said, 5, s.at(2))
    await s.floor.ring(held_replies_due, "held_reply", s.at(7))


async def _consult(s: Scene) -> int:
    asked = await s.floor.run(consult.ask, s.agent, s.mine, s.other, "So?", s.at(2))
    return asked.consult


async def consult__asked(s: Scene) -> None:
    await _consult(s)


async def consult__joined_and_left(s: Scene) -> None:
    number = await _consult(s)
    await s.floor.run(consult.join, s.other, number, s.at(3))
    await s.floor.run(consult.end, s.other, number, s.at(4))


async def consult__taken_over(s: Scene) -> None:
    number = await _consult(s)
    await s.floor.run(consult.join, s.other, number, s.at(3))
    await s.floor.run(consult.take_over, s.agent, number, s.floor.book, s.at(4))


async def consult__over_with_the_work(s: Scene) -> None:
    await _consult(s)
    await s.resolved()


async def consult__without_who_signs_out(s: Scene) -> None:
    await _consult(s)
    await s.floor.run(set_presence, s.other, "offline", None, s.floor.book, s.at(3))


async def undo__set(s: Scene) -> None:
    await s.floor.run(set_undo, s.agent, 20, s.at(2))


async def note__for_colleagues(s: Scene) -> None:
    await s.floor.run(note, s.agent, await s.conversation(s.mine), "Hm.", s.at(2))


async def read__up_to_a_number(s: Scene) -> None:
    await s.floor.run(read, s.agent, await s.conversation(s.mine), 1, s.at(2))


async def handle__resolve_to_wrap_up(s: Scene) -> None:
    await s.resolved()


async def wrap_up__to_its_end(s: Scene) -> None:
    await s.resolved()
    await s.floor.run(finish_wrap_up, s.agent, s.mine, s.at(4))


async def wrap_up__until_the_time_is_over(s: Scene) -> None:
    await s.resolved()
    await s.floor.ring(wrap_up_ended, "wrapup_end", s.at(40))


async def _transfer(s: Scene, **to: Any) -> None:
    to = {"queue": None, "to_agent": None, "note": "Please.", **to}
    await s.floor.run(transfer, s.agent, s.mine, **to, book=s.floor.book, now=s.at(4))


async def transfer__to_a_queue(s: Scene) -> None:
    await _transfer(s, queue="fiber")


async def transfer__to_an_agent(s: Scene) -> None:
    await _transfer(s, to_agent=s.other)


async def transfer__of_what_was_declined_before(s: Scene) -> None:
    await s.floor.run(decline, s.other, await s.offer(), s.floor.book, s.at(2))
    await s.floor.run(
        accept, s.agent, await s.floor.offer(s.waiting, s.agent, s.at(3)), s.floor.book, s.at(3)
    )
    s.mine = s.waiting
    await _transfer(s, queue="care")


async def _assign(s: Scene, item: int, agent: int) -> None:
    await s.floor.run(assign, 7, item, agent, s.floor.book, s.at(4))


async def transfer__assigned_while_waiting(s: Scene) -> None:
    await _assign(s, s.waiting, s.agent)


async def transfer__assigned_while_offered(s: Scene) -> None:
    await s.offer()
    await _assign(s, s.waiting, s.agent)


async def transfer__taken_over(s: Scene) -> None:
    await _assign(s, s.mine, s.other)


async def transfer__taken_over_and_ended(s: Scene) -> None:
    await _assign(s, s.mine, s.other)
    await s.floor.run(resolve, s.other, s.mine, "solved", s.floor.book, s.at(5))
    await s.floor.run(finish_wrap_up, s.other, s.mine, s.at(6))


async def transfer__assigned_from_a_bot(s: Scene) -> None:
    item, _ = await s.with_bot()
    await _assign(s, item, s.other)


async def transfer__queued_again(s: Scene) -> None:
    await s.floor.run(requeue, s.mine, "billing", SYSTEM, s.floor.book, s.at(4))


async def transfer__queued_again_while_offered(s: Scene) -> None:
    await s.offer()
    await s.floor.run(requeue, s.waiting, None, SYSTEM, s.floor.book, s.at(4))


async def transfer__queued_from_a_bot(s: Scene) -> None:
    item, _ = await s.with_bot()
    await s.floor.run(requeue, item, None, SYSTEM, s.floor.book, s.at(4))


async def idle__dormant(s: Scene) -> None:
    await s.answer(0)
    await s.floor.ring(item_idle, "item_idle", s.at(300))


async def idle__dormant_and_woken(s: Scene) -> None:
    await idle__dormant(s)
    await s.floor.desk.say(s.who("mine"), "Yes.", at=s.at(301))


async def idle__dormant_in_wrap_up(s: Scene) -> None:
    await idle__dormant(s)
    await s.floor.run(resolve, s.agent, s.mine, "solved", s.floor.book, s.at(301))


async def idle__reminded(s: Scene) -> None:
    await s.answer(0)
    await s.floor.ring(item_idle, "item_idle", s.at(3600))


async def idle__resolved(s: Scene) -> None:
    await s.answer(0)
    await s.floor.ring(item_idle, "item_idle", s.at(86_400))


async def bots__reply(s: Scene) -> None:
    _, words = await s.with_bot()
    await s.floor.run(bot_reply, words("1"), 9, s.at(2))


async def bots__hand_over(s: Scene) -> None:
    _, words = await s.with_bot()
    what = HandOver(intent="internet_down", skills={"language:id": 2})
    await s.floor.run(hand_over, words("1"), what, s.floor.book, s.at(3))


async def bots__close(s: Scene) -> None:
    _, words = await s.with_bot()
    await s.floor.run(bot_close, words("1"), "solved", s.floor.book, s.at(3))


async def _leave(s: Scene, item: int) -> None:
    await s.floor.run(leave, await s.conversation(item), s.floor.book, s.at(8))


async def abandon__while_waiting(s: Scene) -> None:
    await _leave(s, s.waiting)


async def abandon__while_offered(s: Scene) -> None:
    await s.offer()
    await _leave(s, s.waiting)


async def abandon__while_with_a_bot(s: Scene) -> None:
    item, _ = await s.with_bot()
    await _leave(s, item)


async def abandon__while_answered(s: Scene) -> None:
    await _leave(s, s.mine)


async def _spam(s: Scene, item: int) -> None:
    customer = await s.customer(item)
    await s.floor.run(mark_spam, customer, SYSTEM, s.at(8), others_work=True)


async def mark_spam__while_offered(s: Scene) -> None:
    await s.offer()
    await _spam(s, s.waiting)


async def mark_spam__with_an_agent(s: Scene) -> None:
    await _spam(s, s.mine)


async def mark_spam__and_not(s: Scene) -> None:
    await _spam(s, s.waiting)
    await s.floor.desk.say(s.who("waiting"), "I am real!", at=s.at(9))
    customer = await s.customer(s.waiting)
    await s.floor.run(unmark_spam, customer, SYSTEM, s.floor.book, s.at(10))


async def merge__waiting_into_mine(s: Scene) -> None:
    await s.offer()
    await s.answer()
    await s.merge(s.waiting, s.mine)


async def merge__mine_into_waiting(s: Scene) -> None:
    await s.merge(s.mine, s.waiting)


async def merge__two_that_agents_have(s: Scene) -> None:
    await _assign(s, s.waiting, s.other)
    await s.merge(s.waiting, s.mine)


async def merge__one_in_wrap_up(s: Scene) -> None:
    await _assign(s, s.waiting, s.other)
    await s.floor.run(resolve, s.other, s.waiting, "solved", s.floor.book, s.at(5))
    await s.merge(s.waiting, s.mine)


async def _spam_without_an_end(s: Scene) -> None:
    """What is left: an open conversation without work."""
    customer, conversation = await s.customer(s.mine), await s.conversation(s.mine)
    await _spam(s, s.mine)
    await s.floor.desk.rows("UPDATE customer SET spam_at = NULL WHERE id = $1", customer)
    await s.floor.desk.rows(
        "UPDATE conversation SET state = 'open', closed_at = NULL WHERE id = $1", conversation
    )


async def merge__work_moves(s: Scene) -> None:
    await _assign(s, s.waiting, s.other)
    await _spam_without_an_end(s)
    await s.merge(s.waiting, s.mine)


async def merge__of_waiting_work_that_moves(s: Scene) -> None:
    await s.offer()
    await _spam_without_an_end(s)
    await s.merge(s.waiting, s.mine)


async def merge__and_part(s: Scene) -> None:
    loser = await s.customer(s.waiting)
    await s.merge(s.waiting, s.mine)
    await s.floor.run(unmerge, loser, SYSTEM, s.at(10))


async def start_conversation__first_words(s: Scene) -> None:
    await s.resolved()
    await s.floor.run(finish_wrap_up, s.agent, s.mine, s.at(4))
    by = Actor("person", s.agent)
    customer = await s.customer(s.mine)
    await s.floor.run(
        start_conversation, customer, Start(text="One thing more."), by, s.floor.book, s.at(9)
    )


async def people__hired(s: Scene) -> None:
    await s.hire()


async def people__other_abilities(s: Scene) -> None:
    await s.floor.run(decline, s.other, await s.offer(), s.floor.book, s.at(2))
    able = Abilities(capacity=5, skills={"language:id": 3}, queues=["care"])
    await s.floor.run(configure_agent, s.other, able, s.floor.book.rules, SYSTEM, s.at(3))


async def people__other_name(s: Scene) -> None:
    await s.floor.run(change_person, s.agent, PersonChange(name="Somebody Else"), SYSTEM, s.at(3))


async def people__disabled(s: Scene) -> None:
    await s.floor.run(change_person, s.agent, PersonChange(disabled=True), SYSTEM, s.at(3))


async def people__disabled_who_leads_a_team(s: Scene) -> None:
    lead = await s.floor.desk.person("supervisor", capacity=None)
    await s.team(lead)
    await s.floor.run(change_person, lead, PersonChange(disabled=True), SYSTEM, s.at(3))


async def teams__one_with_members(s: Scene) -> None:
    team = await s.team(None)
    await s.floor.run(change_members, team, MembersChange(join=[s.agent]), SYSTEM, s.at(3))
    both = MembersChange(join=[s.other, s.agent], leave=[s.agent])
    await s.floor.run(change_members, team, both, SYSTEM, s.at(4))
    second = await s.team(None, "Second")
    await s.floor.run(change_members, second, MembersChange(join=[s.other]), SYSTEM, s.at(5))
    await s.floor.run(change_members, team, MembersChange(leave=[s.other]), SYSTEM, s.at(6))


async def teams__renamed_and_archived(s: Scene) -> None:
    team, other = await s.team(None), await s.team(None, "Second")
    await s.floor.run(change_team, team, TeamChange(name=s.who("Last")), SYSTEM, s.at(3))
    await s.floor.run(change_team, other, TeamChange(archived=True), SYSTEM, s.at(4))


NOTICE = Notice(
    kind="timer_parked",
    urgency="warning",
    subject_kind="timer x",
    subject=13,
    title="It failed.",
    values={"timer": "x"},
)


async def alerts__acknowledged_and_climbed(s: Scene) -> None:
    rules = s.floor.book.rules.alerts
    for subject, agent in ((1, None), (2, s.agent), (3, None)):
        about = msgspec.structs.replace(NOTICE, subject=subject + 3 * s.number, agent=agent)
        await s.floor.run(raise_alert, about, rules, s.at(3))
    rows = await s.floor.desk.rows("SELECT id FROM alert ORDER BY id DESC LIMIT 3")
    await s.floor.run(acknowledge, rows[0]["id"], s.agent, SYSTEM, s.at(4))
    await s.floor.ring(alert_climbs, "alert_climb", s.at(400))


async def automate__answers_routes_and_closes(s: Scene) -> None:
    automations(
        s.floor,
        automation("moves", do=[TAGS, {"act": "route", "queue": "billing"}]),
        automation("ends", when='interaction.text == "bye"', do=[HELLO, {"act": "close"}]),
        per_customer_hour=99,
    )
    for words in ("hello", "bye"):
        await s.floor.desk.say(s.who("waiting"), words, at=s.at(3))
        await worked(s.floor, s.at(4))
    automations(s.floor)


HELLO = {"act": "answer", "text": "Hello."}
TAGS = {"act": "tag", "tag": "seen"}


async def publish__other_rules(s: Scene) -> None:
    s.floor.rules(offers={"cooldown_s": 1})
    await s.floor.run(publish, s.floor.book.rules, "me", s.at(3))


async def tag__a_conversation(s: Scene) -> None:
    conversation = await s.conversation(s.mine)
    await s.floor.run(tag_conversation, conversation, lambda _: ["vip"], SYSTEM, s.at(3))


async def block_identity__of_a_customer(s: Scene) -> None:
    identity = await s.floor.desk.value(
        "SELECT identity_id FROM conversation WHERE id = $1", await s.conversation(s.mine)
    )
    await s.floor.run(block_identity, await s.customer(s.mine), identity, SYSTEM, s.at(3))


async def confirm__read_by_the_customer(s: Scene) -> None:
    await s.answer()
    conversation = await s.conversation(s.mine)
    identity = await s.floor.desk.value(
        "SELECT identity_id FROM conversation WHERE id = $1", conversation
    )
    await s.floor.run(confirm, [Confirmation(conversation, (identity,), 9, "read")], s.at(3))


async def rate__what_was_done(s: Scene) -> None:
    await wrap_up__to_its_end(s)
    identity = await s.floor.desk.value(
        "SELECT identity_id FROM conversation WHERE id = $1", await s.conversation(s.mine)
    )
    rules = s.floor.book.rules.satisfaction
    await s.floor.run(rate, [identity], Rating(item=s.mine, score=5), rules, s.at(5))


SCENARIOS: dict[str, Callable[[Scene], Awaitable[None]]] = {
    name: scenario
    for name, scenario in list(globals().items())
    if "__" in name.strip("_") and not name.startswith("_")
} | CASE_SCENES

__all__ = ["SCENARIOS", "Scene"]
