"""Examples of cases, leads and orders."""

from datetime import UTC, datetime, timedelta

import msgspec

from contactcenter.actions.change_case import CaseEdit, CaseFields, CaseMove, Resolution
from contactcenter.actions.leads import Made
from contactcenter.actions.orders import MadeOrder
from contactcenter.api.automations import Run, Runs
from contactcenter.api.cases import CaseNote, OpenCase, OpenedCase
from contactcenter.api.sales import (
    EndLead,
    Leads,
    MakeLead,
    MakeOrder,
    MoveOrder,
    OrderLine,
    Orders,
    Price,
    WholeOrder,
)
from contactcenter.api.scripts import BeginScript, StepBack, TakeStep
from contactcenter.model.lead import Lead
from contactcenter.model.order import Line, Order
from contactcenter.model.target import Clock, Interval, read
from contactcenter.record.case_reads import (
    CaseConversation,
    CaseEvent,
    CaseEvents,
    CaseShown,
    CasesShown,
    CaseWork,
    WholeCase,
)
from contactcenter.record.clock_reads import ClimbedStep, ClockShown, ClocksShown
from contactcenter.record.scripts import ItemScript, RunShown, ScriptNamed, Told

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

CASE = CaseShown(
    id=31,
    customer=5,
    customer_name="Budi Santoso",
    category="fault",
    severity="high",
    state="open",
    state_since=AT,
    queue="fiber",
    owner=7,
    owner_name="Sari Dewi",
    subject="No internet since this morning",
    description="The modem's light is red.",
    resolution_code=None,
    resolution=None,
    reopened=0,
    opened_by_kind="person",
    opened_by=7,
    opened_at=AT,
    resolved_at=None,
    closed_at=None,
)
_CLOCKS = ClocksShown(
    AT,
    [
        ClockShown(
            clock=read(
                Clock(
                    metric="resolution",
                    target_s=86_400,
                    rulebook_version=3,
                    state="running",
                    since=AT,
                    ran=(Interval(AT - timedelta(hours=20)),),
                ),
                None,
                AT,
            ),
            ladder="critical_case",
            steps=[
                ClimbedStep(
                    step=0,
                    begun_at=AT - timedelta(hours=20),
                    due_at=AT,
                    fired_at=AT,
                    held=True,
                    done=["alert"],
                )
            ],
            next_step=AT + timedelta(hours=4),
        )
    ],
)
_EVENTS = CaseEvents(
    [
        CaseEvent(
            id=88,
            at=AT,
            kind="changed",
            by_kind="person",
            by=7,
            by_name="Sari Dewi",
            changes={"state": ["new", "open"], "owner": [None, 7]},
            text="",
        )
    ],
    None,
)
_LEAD = Lead(
    id=4,
    customer_id=5,
    party_id=5,
    state="new",
    source="website",
    product="fiber",
    region="bandung",
    value=399_000_00,
    currency="IDR",
    note="",
    queue="care",
    agent_id=None,
    made_by_kind="bot",
    made_by=2,
    arrived_at=AT,
    ended_at=None,
)
_ORDER = Order(
    id=6,
    customer_id=5,
    party_id=5,
    state="draft",
    currency="IDR",
    total=300_000_00,
    made_by_kind="bot",
    made_by=2,
    made_at=AT,
    state_since=AT,
)
_LINE = Line(sku="SANDAL-42", name="Sandal, size 42", quantity=2, price=150_000_00)

_RUN = Run(
    id=9,
    seq=5_120,
    automation="orders to fulfilment",
    rulebook_version=4,
    trigger="order_confirmed",
    customer=5,
    conversation=None,
    case=None,
    lead=None,
    order=6,
    depth=0,
    outcome="done",
    did=["handed over to fulfilment"],
    why="",
    known={"order.total": 300_000_00},
    at=AT,
)

WORK: tuple[msgspec.Struct, ...] = (
    OpenCase(
        conversation=11,
        category="fault",
        subject="No internet since this morning",
        description="The modem's light is red.",
    ),
    OpenedCase(31, duplicate=False),
    CasesShown([CASE], None),
    WholeCase(
        case=CASE,
        work=CaseWork(
            item=19,
            state="active",
            epoch=2,
            queue="fiber",
            agent=7,
            agent_name="Sari Dewi",
            enqueued_at=AT,
        ),
        conversations=[
            CaseConversation(
                id=11, state="open", channel="web", opened_at=AT, last_at=AT, linked_at=AT
            )
        ],
        events=_EVENTS,
    ),
    _EVENTS,
    CaseEdit(severity="critical", expected=CaseFields(severity="high")),
    CaseMove(state="pending_customer", note="Asked for the modem's number.", expected="open"),
    Resolution(code="solved", text="The cable was changed.", expected="open"),
    CaseNote("The technician comes at ten."),
    _CLOCKS,
    MakeLead(
        customer=5,
        product="fiber",
        source="website",
        region="bandung",
        value=Price(399_000_00, "IDR"),
        key="form-812",
    ),
    Made(4),
    _LEAD,
    Leads([_LEAD], None),
    EndLead("won"),
    MakeOrder(
        customer=5,
        currency="IDR",
        lines=[OrderLine(sku="SANDAL-42", name="Sandal, size 42", quantity=2, price=150_000_00)],
        key="cart-77",
    ),
    MadeOrder(6, 300_000_00),
    WholeOrder(_ORDER, [_LINE]),
    Orders([_ORDER], None),
    MoveOrder("confirmed"),
    ItemScript(None, "identification", [ScriptNamed("identification", "Identification")]),
    BeginScript("identification"),
    TakeStep(step=2, answer="1990-02-28"),
    StepBack(step=2),
    RunShown(
        id=12,
        item=77,
        script="identification",
        label="Identification",
        version=3,
        step=2,
        kind="ask",
        text="What is your date of birth?",
        type="date",
        choices=[],
        can_go_back=True,
        answers=[Told("Can you tell me the password that we agreed on?", answer=False)],
        done=False,
    ),
    Runs([_RUN], None),
)
