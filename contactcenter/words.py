"""The words that facts, records and interfaces share: each enumeration is written once, here."""

from typing import Literal

Role = Literal["agent", "supervisor", "administrator"]
CallerKind = Literal["nobody", "customer", "bot", "agent", "supervisor", "administrator"]
Presence = Literal["offline", "available", "away"]
AuthorKind = Literal["customer", "bot", "agent", "system"]
ActorKind = Literal["person", "bot", "customer", "system", "nobody"]
Direction = Literal["inbound", "outbound", "internal"]
InteractionKind = Literal["message", "note", "summary", "reminder"]
Trigger = Literal[
    "message_received",
    "conversation_opened",
    "case_opened",
    "case_changed",
    "lead_arrived",
    "order_confirmed",
]
AutomationOutcome = Literal["done", "failed", "cut_off"]
ItemState = Literal[
    "bot", "queued", "offered", "active", "wrapup", "done", "abandoned", "cancelled"
]
ItemKind = Literal["conversation", "case", "lead"]
LIVE_STATES: tuple[ItemState, ...] = ("bot", "queued", "offered", "active", "wrapup")
WaitingFor = Literal["us", "customer"]
WaitOutcome = Literal["answered", "abandoned"]
OfferState = Literal["pending", "accepted", "declined", "expired", "rescinded"]
RescindReason = Literal[
    "customer_left",
    "agent_gone",
    "agent_away",
    "reassigned",
    "transferred",
    "merged",
    "spam",
    "settled",
]
Delivery = Literal[
    "queued", "sending", "accepted", "sent", "delivered", "read", "failed", "unknown"
]
CloseReason = Literal["resolved", "merged", "abandoned", "unanswered", "bot", "spam"]
QueuedBecause = Literal[
    "arrived",
    "handed_over",
    "declined",
    "expired",
    "rescinded",
    "transferred",
    "agent_gone",
    "agent_away",
    "agent_full",
    "reopened",
    "merged",
    "escalated",
]
Severity = Literal["low", "normal", "high", "critical"]
CaseState = Literal["new", "open", "pending_customer", "pending_third_party", "resolved", "closed"]
CaseEventKind = Literal["opened", "changed", "linked", "unlinked", "note"]
LeadState = Literal["new", "open", "won", "lost"]
OrderState = Literal["draft", "confirmed", "fulfilment", "completed", "cancelled"]
DraftKind = Literal["reply", "note"]
Scope = Literal[
    "interactions:write",
    "conversations:read",
    "customers:read",
    "cases:write",
    "sales:write",
]
ConsultState = Literal["asked", "joined", "ended"]
ConsultOutcome = Literal["declined", "left", "ended", "taken_over", "passed_on", "resolved", "gone"]
HeldOutcome = Literal["sent", "taken_back", "refused"]
TimerKind = Literal[
    "offer_lapse",
    "wrapup_end",
    "agent_grace",
    "item_idle",
    "held_reply",
    "case_close",
    "alert_climb",
    "escalation",
]
AlertKind = Literal[
    "timer_parked", "target_near", "target_missed", "rule_failed", "automation_cut_off"
]
AlertTo = Literal["agent", "supervisor", "administrator"]
Urgency = Literal["notice", "warning", "critical"]
Metric = Literal[
    "first_response", "next_response", "resolution", "time_in_queue", "time_to_answer", "update"
]
ClockState = Literal["idle", "running", "paused", "stopped", "cancelled"]
ClockEvent = Literal[
    "opened",
    "arrived",
    "queued",
    "assigned",
    "customer_wrote",
    "answered",
    "updated",
    "set_waiting",
    "resumed",
    "resolved",
    "reopened",
    "left",
    "cancelled",
]
