"""What the business's own examples ask for, from what happens to what was done."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from contactcenter.actions.automate import RuleFailed, automate
from contactcenter.actions.leads import make_lead
from contactcenter.actions.orders import make_order, move_order
from contactcenter.actions.receive import receive
from contactcenter.model.caller import Actor
from contactcenter.model.order import Line
from contactcenter.record.leads import NewLead
from tests.contactcenter.automating import automation, automations, runs, said, worked
from tests.contactcenter.floor import NOW, Floor, accept

HELLO = {"act": "answer", "text": "Hello {customer.name}."}
BOT = Actor("bot", 1)


async def customer(
    floor: Floor, who: str = "1", *, tier: str | None = None, spam_at: datetime | None = None
) -> int:
    """Somebody called Ann, who has written once before the rules were there."""
    found = await floor.desk.customer_of((await floor.desk.say(who)).conversation)
    await floor.desk.rows(
        "UPDATE customer SET name = 'Ann', tier = $2, spam_at = $3 WHERE id = $1",
        found,
        tier,
        spam_at,
    )
    await worked(floor)
    return found


async def test_customers_of_a_segment_are_answered_and_others_are_not(floor: Floor) -> None:
    await customer(floor, "gold", tier="gold")
    await customer(floor, "other")
    automations(floor, automation(segments=["valued"], do=HELLO))
    gold = await floor.desk.say("gold", "Are you there?")
    other = await floor.desk.say("other", "Are you there?")
    assert await worked(floor) == ["done"]
    assert (await said(floor, gold.conversation))[-1] == ("system", "Hello Ann.", True)
    assert [row[0] for row in await said(floor, other.conversation)] == ["customer", "customer"]
    [run] = await runs(floor)
    assert run["rulebook_version"] == floor.book.version
    assert run["did"] == ["answered with interaction 3"]


async def test_what_a_machine_said_is_never_answered(floor: Floor) -> None:
    automations(
        floor,
        automation("speaks", do=HELLO),
        automation("tags", do={"act": "tag", "tag": "absent"}),
    )
    inbound = msgspec.structs.replace(await floor.desk.inbound("1", "I am away."), automatic=True)
    [received] = await floor.run(receive, [inbound], floor.book, NOW)
    assert await worked(floor) == ["done"]
    assert await said(floor, received.conversation) == [("customer", "I am away.", True)]
    assert [run["automation"] for run in await runs(floor)] == ["tags"]


async def test_a_web_lead_waits_for_who_knows_product_and_region_and_has_least_to_do(
    floor: Floor,
) -> None:
    buyer = await customer(floor)
    automations(
        floor,
        automation(
            on="lead_arrived",
            when='lead.source == "website" && lead.product == "fiber" && lead.region == "Jakarta"',
            do={"act": "route", "queue": "fiber", "requirement": {"territory:Jakarta": 1}},
        ),
    )
    new = NewLead(product="fiber", source="website", region="Jakarta")
    await floor.run(make_lead, buyer, new, BOT, floor.book, NOW)
    await floor.run(make_lead, buyer, NewLead(product="fiber", source="fair"), BOT, floor.book, NOW)
    assert await worked(floor) == ["done"]
    rows = await floor.desk.rows(
        "SELECT queue, requirement::text, enqueued_at FROM work_item WHERE kind = 'lead'"
        " ORDER BY id"
    )
    assert [(r["queue"], "territory:Jakarta" in str(r["requirement"])) for r in rows] == [
        ("fiber", True),
        ("care", False),
    ]
    assert rows[0]["enqueued_at"] == NOW
    assert await floor.desk.value("SELECT queue FROM sales_lead ORDER BY id LIMIT 1") == "fiber"


async def test_whoever_has_proven_nothing_is_asked_who_they_are_first(floor: Floor) -> None:
    ask = {"act": "identify", "text": "Please sign in first.", "queue": "billing"}
    automations(floor, automation(when="!customer.verified", do=ask, once_per="conversation"))
    stranger = await floor.desk.say("1")
    await floor.desk.say("1", "Well?")
    known = await floor.desk.say("2")
    await floor.desk.rows("UPDATE identity SET verified = true WHERE value = '2'")
    assert await worked(floor) == ["done"]
    assert (await said(floor, stranger.conversation))[-1][1] == "Please sign in first."
    assert len(await said(floor, known.conversation)) == 1
    queues = await floor.desk.rows("SELECT queue FROM work_item ORDER BY id")
    assert [row["queue"] for row in queues] == ["billing", "care"]


async def test_a_confirmed_order_is_handed_to_fulfilment_once(floor: Floor) -> None:
    buyer = await customer(floor)
    key, _ = await floor.desk.key()
    await floor.desk.rows(
        "UPDATE api_key SET name = 'fulfilment', webhook_url = 'https://x.example/',"
        " webhook_secret = 'whsec_AAAA' WHERE id = $1",
        key,
    )
    automations(
        floor, automation(on="order_confirmed", do={"act": "hand_over", "key": "fulfilment"})
    )
    line = Line(sku="r1", name="Router", quantity=2, price=500)
    made = await floor.run(make_order, buyer, "IDR", [line], None, BOT, NOW)
    assert await worked(floor) == []
    await floor.run(move_order, made.id, "confirmed", BOT, NOW)
    await floor.run(move_order, made.id, "confirmed", BOT, NOW)
    assert await worked(floor) == ["done"]
    assert await worked(floor) == []
    [event] = await floor.desk.rows(
        "SELECT api_key_id, conversation_id, number, type, state, data::text FROM webhook_event"
    )
    data = msgspec.json.decode(str(event.pop("data")))
    assert list(event.values()) == [key, -made.id, 1, "automation.handed_over", "pending"]
    assert (data["order"], data["total"], data["currency"]) == (made.id, 1000, "IDR")
    assert [line["sku"] for line in data["lines"]] == ["r1"]


@pytest.mark.parametrize("on", ["message_received", "conversation_opened"])
async def test_work_is_offered_to_a_named_agent_first(floor: Floor, on: str) -> None:
    agent = await floor.desk.person()
    login = await floor.desk.value("SELECT login FROM person WHERE id = $1", agent)
    automations(floor, automation(on=on, do={"act": "assign", "agent": login}))
    item = await floor.waiting()
    assert await worked(floor) == ["done"]
    placed = await floor.item(item)
    assert (placed["state"], placed["sticky_agent_id"]) == ("queued", agent)


async def test_work_that_an_agent_has_stays_theirs(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    await floor.run(accept, agent, await floor.offer(item, agent), floor.book, NOW)
    automations(
        floor,
        automation(on="conversation_opened", do=[{"act": "route", "queue": "billing"}]),
        automation("end", on="conversation_opened", do={"act": "close"}),
    )
    assert await worked(floor) == ["done", "done"]
    assert [run["did"] for run in await runs(floor)] == [
        ["not placed: the work is active"],
        ["not closed: the work is active"],
    ]
    assert (await floor.item(item))["agent_id"] == agent


async def test_an_offer_is_taken_back_where_its_work_moves(floor: Floor) -> None:
    agent = await floor.desk.person()
    item = await floor.waiting()
    await floor.offer(item, agent)
    automations(floor, automation(do={"act": "route", "queue": "billing"}))
    assert await worked(floor) == ["done"]
    assert await floor.offers() == [(item, agent, "rescinded", "reassigned")]
    assert (await floor.item(item))["queue"] == "billing"


async def test_a_conversation_is_tagged_and_closed(floor: Floor) -> None:
    acts = [{"act": "tag", "tag": "thanks"}, {"act": "tag", "tag": "kind", "of": "customer"}]
    automations(
        floor,
        automation(when='interaction.text == "Thanks"', do=[*acts, {"act": "close"}]),
    )
    item = await floor.waiting(text="Thanks")
    assert await worked(floor) == ["done"]
    assert await floor.state(item) == "cancelled"
    [row] = await floor.desk.rows("SELECT state, close_reason, tags FROM conversation")
    assert list(row.values()) == ["closed", "resolved", ["thanks"]]
    assert await floor.desk.value("SELECT tags FROM customer") == ["kind"]


CHAIN = {"act": "open_case", "category": "complaint", "subject": "About {customer.name}"}


async def test_what_sets_itself_off_is_cut_off_and_told(floor: Floor) -> None:
    await customer(floor)
    automations(
        floor,
        automation("first", do=CHAIN, once_per="customer"),
        automation("again", on="case_opened", do=CHAIN),
        depth=3,
    )
    await floor.desk.say("1")
    assert await worked(floor) == ["done", "done", "done", "cut_off"]
    depths = [(run["automation"], run["depth"]) for run in await runs(floor)]
    assert depths == [("first", 0), ("again", 1), ("again", 2), ("again", 3)]
    assert await floor.desk.value("SELECT count(*) FROM service_case") == 3
    [alert] = await floor.desk.facts("AlertRaised")
    assert (alert["kind"], alert["values"]["automation"]) == ("automation_cut_off", "again")


@pytest.mark.parametrize(
    "limits", [{"per_customer_hour": 2}, {"per_customer_hour": 99, "per_rule_minute": 2}]
)
async def test_a_flood_is_cut_off_and_told_once(floor: Floor, limits: dict[str, int]) -> None:
    automations(floor, automation(do=HELLO), **limits)
    for _ in range(5):
        flood = await floor.desk.say("1")
    assert await worked(floor) == ["done", "done", "cut_off", "cut_off", "cut_off"]
    assert len(await said(floor, flood.conversation)) == 7
    assert len(await floor.desk.facts("AlertRaised")) == 1
    await floor.desk.say("1")
    assert await worked(floor, NOW + timedelta(hours=2)) == ["done"]


async def test_a_rule_that_fails_leaves_nothing_and_the_others_go_on(floor: Floor) -> None:
    automations(
        floor,
        automation("divides", when="1 / customer.value > 0", do=HELLO),
        automation("nobody", do=[HELLO, {"act": "assign", "agent": "nobody"}]),
        automation("sound", do={"act": "tag", "tag": "seen"}),
    )
    one = await floor.desk.say("1")
    assert await worked(floor) == ["failed", "failed", "done"]
    assert await said(floor, one.conversation) == [("customer", "hello", False)]
    found = {run["automation"]: (run["outcome"], run["why"]) for run in await runs(floor)}
    assert found["nobody"] == ("failed", "There is no agent 'nobody'.")
    assert found["sound"] == ("done", "")
    [divides] = [run for run in await runs(floor) if run["automation"] == "divides"]
    assert msgspec.json.decode(divides["known"]) == {"customer.value": 0}
    kinds = [alert["kind"] for alert in await floor.desk.facts("AlertRaised")]
    assert kinds == ["rule_failed", "rule_failed"]


async def test_several_processes_do_each_thing_once(floor: Floor) -> None:
    automations(floor, automation(do=HELLO))
    said_in = [(await floor.desk.say(str(n))).conversation for n in range(6)]
    for _ in range(8):
        await asyncio.gather(*(floor.run(automate, floor.book, {}, NOW) for _ in range(3)))
    assert [len(await said(floor, c)) for c in said_in] == [2] * 6


async def test_a_failed_rule_is_told_to_whoever_runs_it(floor: Floor) -> None:
    automations(floor, automation(do={"act": "hand_over", "key": "nobody"}))
    await floor.desk.say("1")
    with pytest.raises(RuleFailed, match="There is no API key 'nobody'"):
        await worked_once(floor)


async def worked_once(floor: Floor) -> None:
    while (await floor.run(automate, floor.book, {}, NOW)).more:
        pass


async def test_once_a_day_is_once_until_midnight_there(floor: Floor) -> None:
    automations(floor, automation(do=HELLO, once_per="day"))
    await floor.desk.say("1")
    assert await worked(floor) == ["done"]
    await floor.desk.say("1")
    assert await worked(floor, NOW + timedelta(hours=7)) == []
    await floor.desk.say("1")
    assert await worked(floor, NOW + timedelta(hours=9)) == ["done"]


async def test_spam_sets_nothing_off(floor: Floor) -> None:
    await customer(floor, spam_at=NOW)
    automations(floor, automation(do=HELLO))
    await floor.desk.say("1")
    assert await worked(floor) == []
