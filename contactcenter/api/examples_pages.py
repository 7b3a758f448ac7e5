"""Examples of what the pages send and get beside the main job."""

from datetime import UTC, datetime

import msgspec

from contactcenter.actions.canned_replies import CannedReply, NewReply, ReplyText
from contactcenter.actions.drafts import Draft, NewDraft
from contactcenter.actions.rate import Rating
from contactcenter.actions.teams import MembersChange, MembersChanged, NewTeam, TeamChange
from contactcenter.api.alerts import Acknowledged, Alert, AlertsPage, ParkedTimer, ParkedTimers
from contactcenter.api.canned_replies import CannedReplies
from contactcenter.api.drafts import Drafts
from contactcenter.api.satisfaction import ByQueue
from contactcenter.api.teams import ShownTeam, Teams
from contactcenter.model.file import File
from contactcenter.record.satisfaction import Answer, Answers, OfQueue
from contactcenter.record.search import Hit, Hits
from contactcenter.record.teams import Team

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

_REPLY = CannedReply(
    id=3,
    owner_id=None,
    shortcut="hello",
    text="Hello {customer}, I am {agent}.",
    language="en",
    queues=["fiber"],
    changed_at=AT,
)

_TEAM = Team(id=3, name="Fiber at night", lead=9, created_at=AT, archived_at=None)
_SHOWN_TEAM = ShownTeam(**msgspec.structs.asdict(_TEAM), lead_name="Rina Wati", members=12)
_ALERT = Alert(
    id=5,
    kind="timer_parked",
    urgency="warning",
    subject_kind="timer item_idle",
    subject=9,
    title="The timer item_idle of 9 has failed too often: KeyError('care')",
    values={"timer": "item_idle", "error": "KeyError('care')"},
    to="supervisor",
    agent=None,
    raised_at=AT,
    acknowledged_at=None,
    acknowledged_by=None,
    acknowledged_by_name=None,
)
_DRAFT = Draft(conversation=11, kind="reply", text="I have looked at your line, and", changed_at=AT)

PAGES: tuple[msgspec.Struct, ...] = (
    File(id=91, name="modem.jpg", media_type="image/jpeg", size=184_320),
    NewReply(shortcut="hello", text="Hello {customer}, I am {agent}.", own=True),
    ReplyText(shortcut="hello", text="Hello {customer}!", language="en"),
    _REPLY,
    CannedReplies([_REPLY], None),
    NewTeam(name="Fiber at night", lead=9),
    TeamChange(name="Fiber by night"),
    MembersChange(join=[7, 8], leave=[12]),
    MembersChanged(joined=[8], left=[12]),
    _TEAM,
    _SHOWN_TEAM,
    Teams([_SHOWN_TEAM], None),
    AlertsPage([_ALERT], None),
    Acknowledged(first=True),
    ParkedTimers(
        [
            ParkedTimer(
                kind="item_idle", subject=9, parked_at=AT, attempts=6, last_error="KeyError('care')"
            )
        ]
    ),
    NewDraft(text="I have looked at your line, and"),
    _DRAFT,
    Drafts([_DRAFT], None),
    Rating(item=9, score=5, comment="Quick and friendly."),
    ByQueue(
        AT,
        [
            OfQueue(
                queue="fiber",
                by="agents",
                answers=20,
                average=4.4,
                satisfied=0.9,
                scores=[0, 1, 1, 7, 11],
            )
        ],
    ),
    Answers(
        [
            Answer(
                item=9,
                conversation=11,
                queue="fiber",
                channel="web",
                agent=7,
                bot=None,
                by="Sari Dewi",
                score=5,
                comment="Quick and friendly.",
                at=AT,
            )
        ],
        None,
    ),
    Hits(
        [
            Hit(
                interaction=40,
                position=512,
                conversation=11,
                state="open",
                number=3,
                kind="message",
                channel="web",
                author_kind="customer",
                at=AT,
                customer=5,
                customer_name="Budi Santoso",
                excerpt="My \ue000line\ue001 has been down since this morning.",
            )
        ],
        None,
    ),
)

PLACES = {"name": "modem.jpg", "queue": "fiber", "calendar": "office"}
"""Parameters by their names."""
