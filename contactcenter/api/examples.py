"""One example of all that is sent and answered, in its own type, for the description."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from contactcenter.actions.connections import ConnectionChange, NewConnection
from contactcenter.actions.edit_customer import Edit, Fields
from contactcenter.actions.keys import Key, NewKey
from contactcenter.actions.merge import Merged, Unmerged
from contactcenter.actions.people import NewPerson, PersonChange
from contactcenter.actions.start_conversation import Start, Started
from contactcenter.api.audit import Called, Entry, Trail
from contactcenter.api.auth import (
    Me,
    PasswordByLink,
    PasswordChange,
    Preferences,
    Session,
    Sessions,
    SignIn,
)
from contactcenter.api.connections import Connections, GivenSecret, ShownConnection, ShownSecret
from contactcenter.api.conversations import WithItem
from contactcenter.api.customers import BareCustomer, BareProfile, Blocked, Edited, Marked
from contactcenter.api.examples_board import SUPERVISION
from contactcenter.api.examples_pages import PAGES, PLACES
from contactcenter.api.examples_rulebook import RULEBOOK
from contactcenter.api.examples_work import CASE, WORK
from contactcenter.api.health import Alive
from contactcenter.api.interactions import (
    Close,
    CustomerMessage,
    HandOver,
    Items,
    Reply,
    Results,
    Sender,
    Taken,
)
from contactcenter.api.keys import Keys, NewSecret
from contactcenter.api.merges import Into
from contactcenter.api.people import Colleague, Colleagues, Link, People, ShownPerson, TeamName
from contactcenter.api.problems import TYPE
from contactcenter.api.visitor import Begun, HasLeft, NewSession
from contactcenter.api.visitor_words import NewMessage
from contactcenter.api.webhooks import (
    NewWebhook,
    Trial,
    WebhookEvent,
    WebhookEvents,
    WebhookSecret,
)
from contactcenter.errors import Problem
from contactcenter.live.health import Report
from contactcenter.live.past import History
from contactcenter.live.visitor_frames import AppContext, Current, Message
from contactcenter.model.person import Abilities, Person
from contactcenter.record.profile import (
    Counts,
    Customer360,
    Customers,
    Found,
    KnownBy,
    Open,
    Profile,
)
from contactcenter.record.reach import Reach
from contactcenter.record.suggestions import Reason, Suggestion, Suggestions
from contactcenter.record.tags import Tags
from contactcenter.record.timeline import (
    Conversation,
    Conversations,
    Interaction,
    Interactions,
    LiveItem,
)

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)

PARAMETERS: dict[str, Any] = {"tag": "refund", "fingerprint": "3f2a9c01", "q": "Bud"} | PLACES
"""Parameters by their names. An id is any that an earlier answer has told."""

_TOKEN = "ccv_…"  # noqa: S105 -- nobody's
_PERSON = Person(
    id=7, login="sari", name="Sari Dewi", role="agent", disabled_at=None, created_at=AT
)
_ABILITIES = Abilities(skills={"language:id": 9, "product:fiber": 5}, queues=["fiber"], capacity=4)
_SHOWN_PERSON = ShownPerson(
    **msgspec.structs.asdict(_PERSON), abilities=_ABILITIES, teams=[TeamName(3, "Fiber at night")]
)
_COLLEAGUE = Colleague(
    id=7,
    login="sari",
    name="Sari Dewi",
    presence="available",
    queues=["care"],
    skills={"language:id": 3},
    carries=2,
    capacity=4,
    teams=["Fiber at night"],
)
_SESSION = Session(
    id=31, address="203.0.113.7", browser="Firefox", created_at=AT, expires_at=LATER, current=True
)
_KEY = Key(
    id=2,
    name="assistant",
    scopes=["interactions:write", "conversations:read"],
    webhook_url="https://bot.example/events",
    created_at=AT,
    revoked_at=None,
)
_CONNECTION = ShownConnection(
    id=4,
    name="web",
    channel="web",
    origins=["https://shop.example"],
    secret_fingerprints=["3f2a9c01"],
    api_key_id=None,
    created_at=AT,
    disabled_at=None,
)
_BARE = BareProfile(
    name="Budi Santoso",
    language="id",
    territory="java",
    attributes={"plan": "fiber 100"},
    tags=["refund"],
    spam_at=None,
    created_at=AT,
)
_PROFILE = Profile(**msgspec.structs.asdict(_BARE), value=80, tier="gold", propensity_to_leave=0.2)
_CONVERSATION = Conversation(
    id=11,
    customer=5,
    began_as=5,
    state="open",
    close_reason=None,
    tags=[],
    bot=2,
    last_number=3,
    read_number=2,
    answered_number=2,
    opened_at=AT,
    closed_at=None,
    channel="web",
    last_at=AT,
)
_ITEM = LiveItem(
    id=9,
    state="active",
    epoch=3,
    queue="fiber",
    channel="web",
    intent="internet_down",
    waiting_for="us",
    waiting_since=AT,
    enqueued_at=AT,
    owner=7,
    owner_name="Sari Dewi",
)
_INTERACTION = Interaction(
    id=40,
    position=512,
    conversation=11,
    number=3,
    kind="message",
    direction="inbound",
    channel="web",
    identity=6,
    connection=3,
    author_kind="customer",
    author_id=5,
    author_name="Budi Santoso",
    text="My line has been down since this morning.",
    parts=[],
    delivery=None,
    occurred_at=AT,
    received_at=AT,
)
_SAYS = CustomerMessage(
    key="wa-81f3",
    occurred_at=AT,
    sender=Sender(scheme="phone", value="+628111222333"),
    text="My line has been down since this morning.",
)
_TAKEN = Taken(interaction=40, conversation=11, number=3, duplicate=False)
_FENCED = Problem(
    type=f"{TYPE}fenced",
    title="Something else happened first",
    status=409,
    detail="The work item is not this bot's under epoch 1: it is active, epoch 3.",
    pointer="/items/1",
)
_REPLY = Reply(key="wa-81f4", item=9, epoch=1, seen=3, text="Let me look at your line.")
_EVENT = WebhookEvent(
    id=77,
    key=2,
    conversation=11,
    number=3,
    type="interaction.appended",
    at=AT,
    state="parked",
    attempts=20,
    pending_since=AT,
    delivered_at=None,
    last_error="The receiver answered 500.",
)

_FOUND = Found(
    id=5,
    name="Budi Santoso",
    value=80,
    tier="gold",
    language="id",
    territory="java",
    tags=["refund"],
    spam_at=None,
    created_at=AT,
    open_conversation=11,
)

_ALL: tuple[msgspec.Struct, ...] = (
    SignIn("sari", "correct horse battery"),
    Me(
        id=7,
        login="sari",
        name="Sari Dewi",
        role="agent",
        session=31,
        expires_at=LATER,
        undo_s=5,
    ),
    Preferences(undo_s=10),
    PasswordChange("correct horse battery", "staple of a better kind"),
    PasswordByLink("ccr_…", "staple of a better kind"),
    Sessions([_SESSION], None),
    Trail(
        [
            Entry(
                id=3,
                at=AT,
                actor_kind="person",
                actor_id=1,
                actor_name="Root",
                action="person.change",
                subject_kind="person",
                subject_id=7,
                detail={"before": {"name": "Sari"}, "after": {"name": "Sari Dewi"}},
                request_id="0f3c",
            )
        ],
        3,
        [Called("person", 7, "Sari Dewi")],
    ),
    NewPerson(login="sari", name="Sari Dewi", role="agent"),
    PersonChange(name="Sari Dewi"),
    _PERSON,
    _SHOWN_PERSON,
    People([_SHOWN_PERSON], None),
    Colleagues([_COLLEAGUE]),
    _ABILITIES,
    Link("https://cc.example/set-password#ccr_…", "ccr_…", LATER),
    NewKey(name="assistant", scopes=frozenset({"interactions:write"})),
    NewSecret(_KEY, "cck_…"),
    Keys([_KEY], None),
    NewConnection(name="web", channel="web", origins=["https://shop.example"]),
    ConnectionChange(origins=["https://shop.example", "https://help.example"]),
    _CONNECTION,
    Connections([_CONNECTION], None),
    GivenSecret("0123456789abcdef0123456789abcdef"),
    ShownSecret("0123456789abcdef0123456789abcdef", "3f2a9c01"),
    Customers([_FOUND], None),
    Suggestions(
        [
            Suggestion(
                customer=_FOUND,
                reasons=[
                    Reason(kind="number", scheme="phone", value="08111222333", verified=False),
                    Reason(kind="name", scheme=None, value="Budi Santoso", verified=False),
                ],
                two_accounts=False,
            )
        ]
    ),
    Customer360(
        id=5,
        merged_from=None,
        profile=_PROFILE,
        identities=[
            KnownBy(
                id=6,
                customer_id=5,
                scheme="phone",
                scope="front",
                value="+628111222333",
                verified=False,
                since=AT,
                blocked_at=None,
            )
        ],
        merged=[],
        reach=[
            Reach(
                identity=6,
                connection=2,
                connection_name="front",
                channel="bot",
                last_at=AT,
                position=4711,
                blocked=False,
                disabled=False,
            )
        ],
        open=Open(conversation=_CONVERSATION, item=_ITEM),
        conversations=Conversations([_CONVERSATION], None),
        cases=[CASE],
        counts=Counts(conversations=1, open=1, interactions=3),
    ),
    BareCustomer(id=5, merged_from=None, profile=_BARE),
    Edit(tier="gold", attributes={"plan": "fiber 100"}, expected=Fields(tier=None)),
    Edited(5, _PROFILE),
    Tags(["refund"]),
    Marked(AT),
    Blocked(AT),
    Start(text="Your line is back: could you check?", queue="fiber"),
    Started(conversation=12, item=10, epoch=1, interaction=41, number=1),
    Into(into=5),
    Merged(customer=8, into=5),
    Unmerged(customer=8, out_of=5, conversations=[12]),
    Conversations([_CONVERSATION], None),
    Interactions([_INTERACTION], 512),
    WithItem(_CONVERSATION, _ITEM),
    _SAYS,
    _REPLY,
    HandOver(
        key="wa-81f5",
        item=9,
        epoch=1,
        summary="Fiber line down since 7:00, modem restarted without success.",
        intent="internet_down",
        skills={"product:fiber": 3},
    ),
    Close(key="wa-81f6", item=9, epoch=1, disposition="solved", note="Paid by transfer."),
    Items([msgspec.Raw(msgspec.json.encode(item)) for item in (_SAYS, _REPLY)]),
    _TAKEN,
    Results([_TAKEN, _FENCED]),
    *SUPERVISION,
    *PAGES,
    *RULEBOOK,
    *WORK,
    NewSession(connection="web"),
    Begun(session=51, token=_TOKEN, expires_at=LATER, signed_in=False, joined="nothing"),
    NewMessage(client_msg_id="m-1", text="Hello?", context=AppContext(screen="/invoices")),
    History(
        [
            Message(
                position=512,
                id=40,
                conversation=11,
                number=3,
                author="agent",
                name="Sari",
                text="Is it back?",
                at=AT,
            )
        ],
        None,
        Current(id=11, open=True, delivered=3, read=3, agent="Sari"),
    ),
    HasLeft("told"),
    NewWebhook(url="https://bot.example/events"),
    WebhookSecret("https://bot.example/events", "whsec_…", 86_400),
    Trial(delivered=True, status=204, error=None),
    _EVENT,
    WebhookEvents([_EVENT], None),
    Alive(alive=True),
    Report(state="ready", wrong=[], leader=True, version=1),
)

EXAMPLES: dict[type, msgspec.Struct] = {type(one): one for one in _ALL}
