from contactcenter import facts
from contactcenter.record.webhook_events import hand_over
from tests.contactcenter.floor import NOW, Floor

LEAD = facts.LeadArrived(
    at=NOW,
    lead=3,
    customer=1,
    source="website",
    product="fiber",
    state="new",
    queue="care",
    by_kind="bot",
)


async def test_what_is_handed_over_is_numbered_within_its_own_stream(floor: Floor) -> None:
    key, _ = await floor.desk.key()
    assert await floor.run(hand_over, key, "leads", LEAD, NOW) is False
    await floor.desk.rows(
        "UPDATE api_key SET webhook_url = 'https://x.example/', webhook_secret = 'whsec_AAAA'"
    )
    assert await floor.run(hand_over, key, "leads", LEAD, NOW)
    assert await floor.run(hand_over, key, "leads", LEAD, NOW)
    rows = await floor.desk.rows(
        "SELECT conversation_id, number, type FROM webhook_event ORDER BY id"
    )
    assert [tuple(row.values()) for row in rows] == [
        (-3, 1, "automation.handed_over"),
        (-3, 2, "automation.handed_over"),
    ]
