"""Examples of what supervisors send and are answered; `contactcenter.api.examples` has the rest."""

from datetime import UTC, datetime

import msgspec

from contactcenter.actions.note import Noted
from contactcenter.actions.transfer import Assigned
from contactcenter.api.drill import (
    BoardRules,
    LiveWork,
    LiveWorks,
    Point,
    QueueRules,
    Trend,
    Wait,
    Waits,
)
from contactcenter.api.supervisor import (
    AgentNow,
    Assign,
    Decisions,
    Explained,
    NewNote,
    Numbers,
    Requeue,
    WaitingNow,
)
from contactcenter.explanation import (
    Ahead,
    Away,
    Explanation,
    LongestIdle,
    Others,
    StillWaiting,
    WithoutSkill,
    sentence,
)
from contactcenter.live.queues import QueueShown
from contactcenter.live.shown import AgentShown

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)

WHY = Explanation(
    item=9,
    queue="fiber",
    channel="web",
    winner=7,
    runner_up=12,
    terms=(LongestIdle(40_000_000), Ahead("tier", "gold", 300_000_000)),
    others=(Others(2, Away()), Others(3, WithoutSkill("product:fiber", 2))),
    requirement={"language:id": 1, "product:fiber": 2},
    step=0,
    version=1,
    waited_us=12_000_000,
)

SUPERVISION: tuple[msgspec.Struct, ...] = (
    Numbers(
        seq=900,
        at=AT,
        service_level_means="answered within the target, of all answered or abandoned today",
        queues=[
            QueueShown(
                queue="fiber",
                waiting=2,
                offered=1,
                with_bot=3,
                cases=3,
                critical_cases=1,
                active=7,
                longest_wait_s=41.5,
                answered=120,
                abandoned=4,
                service_level=0.91,
            )
        ],
        agents=[AgentNow(7, AgentShown("Sari Dewi", "available", None, AT, 4), 2)],
    ),
    Decisions(
        [
            Explained(
                offer=15,
                at=AT,
                item=9,
                queue="fiber",
                agent=7,
                sentence=sentence(WHY),
                outcome="accepted",
                reason=None,
                ended_at=AT,
                rulebook_version=1,
                explanation=WHY,
            )
        ],
        None,
    ),
    WaitingNow(
        StillWaiting(
            item=9,
            queue="fiber",
            requirement={"product:fiber": 2},
            waited_us=41_500_000,
            ahead=1,
            only=None,
            rests_us=0,
            reasons=[Others(2, Away())],
            changes=["an agent who can serve it becomes free or comes back"],
        )
    ),
    BoardRules(
        version=1,
        timezone="Asia/Jakarta",
        service_level_means="answered within the target, of all answered or abandoned today",
        queues=[
            QueueRules(
                queue="fiber",
                label="Fiber technical help",
                target_s=120,
                service_level=0.8,
                requirement={"product:fiber": 2},
            )
        ],
        channels=["web", "voice"],
        skills=["product:fiber"],
    ),
    LiveWorks(
        [
            LiveWork(
                item=9,
                state="offered",
                queue="fiber",
                channel="web",
                kind="conversation",
                conversation=11,
                case=None,
                lead=None,
                customer=5,
                customer_name="Budi",
                tier="gold",
                value=80,
                enqueued_at=AT,
                waiting_for="us",
                waiting_since=AT,
                weight=1,
                agent=None,
                offered_to=7,
                excerpt="Is it back?",
            )
        ],
        None,
    ),
    Waits(
        since=1_795_194_000,
        until=1_795_253_400,
        items=[
            Wait(
                item=9,
                epoch=2,
                queue="fiber",
                channel="web",
                kind="conversation",
                conversation=11,
                case=None,
                lead=None,
                customer=5,
                customer_name="Budi",
                outcome="answered",
                within=True,
                enqueued_at=AT,
                ended_at=AT,
                agent=7,
            )
        ],
        next=None,
    ),
    Trend(
        since=AT,
        until=LATER,
        step_s=900,
        points=[
            Point(
                queue="fiber",
                at=AT,
                answered=31,
                answered_within=28,
                abandoned=1,
                longest_wait_s=140.2,
                waited_s=1204.5,
            )
        ],
    ),
    NewNote(text="Offer the replacement modem: it is in the van."),
    Noted(interaction=41, conversation=11, number=4),
    Assign(agent=7),
    Assigned(item=9, agent=7, over_capacity=False),
    Requeue(queue="fiber"),
)
