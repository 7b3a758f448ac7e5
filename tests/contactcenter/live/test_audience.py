from typing import Any

import pytest

from contactcenter import facts
from contactcenter.live.audience import EVERYBODY, agents_concerned
from tests.contactcenter.floor import NOW

ABOUT: dict[str, Any] = {
    "at": NOW,
    "item": 1,
    "conversation": 2,
    "customer": 3,
    "queue": "care",
    "channel": "web",
}
SAID = facts.Said(
    id=1,
    number=1,
    kind="message",
    direction="inbound",
    channel="web",
    author_kind="customer",
    text="",
    occurred_at=NOW,
    received_at=NOW,
)
WORK = {"weight": 1, "epoch": 1, "enqueued_at": NOW}
QUEUED = {
    **ABOUT,
    **WORK,
    "because": "arrived",
    "requirement": {},
    "band": 0,
    "head_start_us": 0,
    "head_start_words": [],
}
CONSULT: dict[str, Any] = {
    "at": NOW,
    "consult": 1,
    "item": 1,
    "conversation": 2,
    "by": 7,
    "agent": 8,
}
CASE: dict[str, Any] = {
    "at": NOW,
    "case": 1,
    "customer": 3,
    "category": "fault",
    "severity": "high",
    "state": "open",
    "queue": "care",
    "by_kind": "system",
}
LEAD: dict[str, Any] = {
    "at": NOW,
    "lead": 1,
    "customer": 3,
    "source": "website",
    "product": "fiber",
    "state": "new",
    "queue": "care",
    "by_kind": "bot",
}
ORDER: dict[str, Any] = {
    "at": NOW,
    "order": 1,
    "customer": 3,
    "state": "draft",
    "currency": "IDR",
    "total": 1,
    "by_kind": "bot",
}
ALERT: dict[str, Any] = {
    "at": NOW,
    "alert": 1,
    "kind": "timer_parked",
    "urgency": "warning",
    "subject_kind": "timer x",
    "subject": 13,
    "title": "It failed.",
    "to": "supervisor",
}
CONCERNS: list[tuple[facts.Fact, set[int]]] = [
    (facts.InteractionAppended(at=NOW, conversation=2, customer=3, said=SAID, agents=[7]), {7}),
    (facts.InteractionAppended(at=NOW, conversation=2, customer=3, said=SAID), set()),
    (
        facts.DeliveryChanged(
            at=NOW, conversation=2, identity_id=1, up_to=1, delivery="read", agents=[7, 8]
        ),
        {7, 8},
    ),
    (facts.ConversationRead(at=NOW, conversation=2, number=1, agents=[7]), {7}),
    (
        facts.ConversationClosed(at=NOW, conversation=2, customer=3, reason="resolved", agents=[7]),
        {7},
    ),
    (facts.ConversationTagged(at=NOW, conversation=2, customer=3, tags=[], agents=[7]), {7}),
    (facts.ItemAssigned(**ABOUT, **WORK, agent=7), {7}),
    (facts.ItemAssigned(**ABOUT, **WORK, agent=7, former_agent=8), {7, 8}),
    (facts.ItemQueued(**QUEUED), set()),
    (facts.ItemQueued(**QUEUED, agent=7), {7}),
    (facts.ItemDone(**ABOUT), set()),
    (facts.ItemDone(**ABOUT, agent=7), {7}),
    (facts.ItemMoved(**ABOUT, from_conversation=9), set()),
    (facts.ItemMoved(**ABOUT, from_conversation=9, agent=7), {7}),
    (facts.ItemCancelled(**ABOUT, reason="spam"), set()),
    (facts.ItemCancelled(**ABOUT, reason="merged", agent=7), {7}),
    (
        facts.OfferMade(**ABOUT, offer=1, agent=7, expires_at=NOW, sentence="", weight=1),
        {7},
    ),
    (facts.OfferEnded(**ABOUT, offer=1, agent=7, state="expired"), {7}),
    (facts.ItemWeighed(**ABOUT, agent=7, weight=0, dormant=True), {7}),
    (facts.ItemWaiting(**ABOUT, agent=7, waiting_for="us"), {7}),
    (facts.ItemWrapUp(**ABOUT, agent=7, until=NOW, disposition="solved"), {7}),
    (facts.ItemReactivated(**ABOUT, agent=7), {7}),
    (
        facts.AgentMentioned(
            at=NOW, conversation=2, number=1, agent=7, by=8, by_name="", excerpt=""
        ),
        {7},
    ),
    (
        facts.ConsultAsked(
            **CONSULT, by_name="", agent_name="", customer=3, customer_name=None, question=""
        ),
        {7, 8},
    ),
    (facts.ConsultJoined(**CONSULT), {7, 8}),
    (facts.ConsultEnded(**CONSULT, outcome="left"), {7, 8}),
    (facts.UndoChanged(at=NOW, agent=7, undo_s=5), {7}),
    (
        facts.ReplyHeld(
            at=NOW, held=1, item=1, conversation=2, agent=7, text="", seen=1, due_at=NOW
        ),
        {7},
    ),
    (facts.HeldReplyEnded(at=NOW, held=1, item=1, agent=7, outcome="sent"), {7}),
    (
        facts.SatisfactionGiven(
            at=NOW, item=1, conversation=2, customer=3, queue="care", agent=7, score=5
        ),
        {7},
    ),
    (
        facts.AgentConfigured(
            at=NOW, agent=7, name="", skills={}, queues=[], capacity=1, ceilings={}
        ),
        {7},
    ),
    (
        facts.PresenceChanged(at=NOW, agent=7, presence="away", since=NOW, idle_since=NOW),
        {7},
    ),
    (facts.RulebookPublished(at=NOW, version=2, author="me"), set(EVERYBODY)),
    (facts.CustomerChanged(at=NOW, customer=3, changed=[], agents=[7]), {7}),
    (facts.CustomersMerged(at=NOW, customer=3, into=4, agents=[7, 8]), {7, 8}),
    (facts.CustomersUnmerged(at=NOW, customer=3, out_of=4, agents=[7]), {7}),
    (facts.CaseOpened(**CASE, subject="", agents=[7]), {7}),
    (facts.CaseChanged(**CASE, changes={}, agents=[7, 8]), {7, 8}),
    (facts.CaseNoted(**CASE, text="", agents=[7]), {7}),
    (facts.CaseLinked(**CASE, conversation=2, agents=[7]), {7}),
    (facts.LeadArrived(**LEAD), set()),
    (facts.LeadChanged(**LEAD, agent=7), {7}),
    (facts.LeadChanged(**LEAD), set()),
    (facts.OrderMade(**ORDER), set()),
    (facts.OrderConfirmed(**ORDER), set()),
    (facts.OrderChanged(**ORDER), set()),
    (facts.ConnectionChanged(at=NOW, connection=1), set()),
    (facts.ConversationOpened(at=NOW, conversation=2, customer=3, channel="web"), set()),
    (facts.ConversationReopened(at=NOW, conversation=2, customer=3), set()),
    (facts.BotOwned(**ABOUT, epoch=1), set()),
    (facts.ItemAbandoned(**ABOUT, enqueued_at=NOW, within=True), set()),
    (facts.SessionRevoked(at=NOW, session=1, person=7), set()),
    (facts.KeyRevoked(at=NOW, key=1), set()),
    (facts.AlertRaised(**ALERT, agent=7), {7}),
    (facts.AlertRaised(**ALERT), set()),
    (facts.AlertClimbed(at=NOW, alert=1, to="administrator"), set()),
    (facts.AlertAcknowledged(at=NOW, alert=1, by=9, agent=7), {7}),
    (facts.TeamChanged(at=NOW, team=1, name="Fiber"), set()),
    (facts.TeamMembersChanged(at=NOW, team=1, joined=[1]), set()),
    (facts.VisitorSessionEnded(at=NOW, session=1), set()),
    (facts.WebhookParked(at=NOW, key=1, conversation=2, number=1, error=""), set()),
    (facts.TimerParked(at=NOW, kind="x", subject=1, error=""), set()),
]


@pytest.mark.parametrize(
    ("fact", "agents"),
    CONCERNS,
    ids=[f"{type(fact).__name__} {sorted(agents)}" for fact, agents in CONCERNS],
)
def test_fact_is_shown_to_whom_it_concerns(fact: facts.Fact, agents: set[int]) -> None:
    shown = agents_concerned(fact)
    assert set(shown) == agents
    assert len(shown) == len(agents)


def test_every_fact_has_an_audience() -> None:
    assert {type(fact) for fact, _ in CONCERNS} == set(facts.Fact.__args__)
