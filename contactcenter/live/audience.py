"""Whom a fact concerns: written once, for live frames and for what is sent again after a gap."""

from typing import assert_never

from contactcenter import facts
from contactcenter.facts import Fact

EVERYBODY = (0,)
"""Concerns every desktop; 0 is nobody's id."""


def agents_concerned(fact: Fact) -> tuple[int, ...]:  # noqa: PLR0911 -- a line for each kind
    """The agents on whose desktops the fact is shown; a pure function of the fact alone."""
    match fact:
        case (
            facts.InteractionAppended()
            | facts.DeliveryChanged()
            | facts.ConversationRead()
            | facts.ConversationClosed()
            | facts.ConversationTagged()
            | facts.CaseOpened()
            | facts.CaseChanged()
            | facts.CaseNoted()
            | facts.CaseLinked()
            | facts.CustomerChanged()
            | facts.CustomersMerged()
            | facts.CustomersUnmerged()
        ):
            return tuple(fact.agents)
        case facts.ItemAssigned():
            return tuple({fact.agent, fact.former_agent or fact.agent})
        case facts.ConsultAsked() | facts.ConsultJoined() | facts.ConsultEnded():
            return fact.by, fact.agent
        case (
            facts.ItemQueued()
            | facts.ItemDone()
            | facts.ItemMoved()
            | facts.ItemCancelled()
            | facts.SatisfactionGiven()
            | facts.LeadChanged()
            | facts.AlertRaised()
            | facts.AlertAcknowledged()
        ):
            return (fact.agent,) if fact.agent else ()
        case (
            facts.OfferMade()
            | facts.OfferEnded()
            | facts.ItemWeighed()
            | facts.ItemWaiting()
            | facts.ItemWrapUp()
            | facts.ItemReactivated()
            | facts.AgentMentioned()
            | facts.UndoChanged()
            | facts.ReplyHeld()
            | facts.HeldReplyEnded()
            | facts.AgentConfigured()
            | facts.PresenceChanged()
        ):
            return (fact.agent,)
        case facts.RulebookPublished():
            return EVERYBODY
        case (
            facts.ConnectionChanged()
            | facts.ConversationOpened()
            | facts.ConversationReopened()
            | facts.BotOwned()
            | facts.ItemAbandoned()
            | facts.LeadArrived()
            | facts.OrderMade()
            | facts.OrderConfirmed()
            | facts.OrderChanged()
            | facts.SessionRevoked()
            | facts.TeamChanged()
            | facts.TeamMembersChanged()
            | facts.KeyRevoked()
            | facts.VisitorSessionEnded()
            | facts.WebhookParked()
            | facts.TimerParked()
            | facts.AlertClimbed()
        ):
            return ()
        case _:
            assert_never(fact)
