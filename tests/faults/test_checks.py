"""The checks of the load test find what they are for: each is shown what it must not hold for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count

import asyncpg
import msgspec
import pytest

from contactcenter import foundation
from contactcenter.db.database import Database
from contactcenter.loadtest.checks import RULES, history, standing
from contactcenter.loadtest.ledger import Done, Ledger, Saying
from contactcenter.model.rulebook import Published
from tests.contactcenter.conftest import Desk
from tests.contactcenter.floor import Floor

TAMPERED = [
    (
        "two_open",
        """
        DROP INDEX conversation_open;
        INSERT INTO conversation (customer_id, party_id, opened_at)
        SELECT customer_id, party_id, now() FROM conversation
    """,
    ),
    (
        "matters",
        """
        INSERT INTO service_case (customer_id, party_id, category, severity, state, state_since,
            queue, subject, description, opened_by_kind, opened_at)
        SELECT id, id, 'request', 'normal', 'new', now(), 'care', 's', 'd', 'system', now()
        FROM customer LIMIT 1
    """,
    ),
    (
        "totals",
        """
        INSERT INTO sales_order (customer_id, party_id, state, currency, total, made_by_kind,
            made_at, state_since)
        SELECT id, id, 'draft', 'IDR', 5, 'system', now(), now() FROM customer LIMIT 1
    """,
    ),
    ("gaps", "UPDATE conversation SET last_number = last_number + 1"),
    ("positions", "UPDATE interaction SET position = -number"),
    ("unlike_the_log", "UPDATE interaction SET text = 'something else'"),
    ("log_order", "UPDATE log SET at = at - interval '1 h' WHERE seq = (SELECT max(seq) FROM log)"),
    ("orphans", "UPDATE conversation SET customer_id = 99"),
    ("empty_keys", "UPDATE dedupe SET interaction_id = interaction_id + 1000"),
    ("offers", "UPDATE offer SET state = 'expired' WHERE state = 'pending'"),
    ("unknown", "INSERT INTO customer (created_at) VALUES (now())"),
    (
        "merged_away",
        """
        UPDATE customer c SET merged_into = o.id FROM customer o WHERE c.id = 1 AND o.id = 2
    """,
    ),
    ("astray", "UPDATE work_item SET agent_id = NULL WHERE state = 'active'"),
    ("astray", "UPDATE work_item SET customer_id = 2 WHERE customer_id = 1"),
    ("workless", "UPDATE work_item SET state = 'done'"),
    ("timerless", "DELETE FROM timer"),
    ("overdue", "UPDATE timer SET due_at = now() - interval '1 minute'"),
    ("overloaded", "UPDATE agent SET capacity = 1"),
]
HISTORY_TAMPERED = {
    "what is acknowledged is there, once, where it was said to be": [
        "DELETE FROM interaction WHERE number = 2",
        "UPDATE interaction SET text = 'first' WHERE number = 2",
        "UPDATE interaction SET number = 7 WHERE number = 2",
    ],
    "a customer's words are in the order of their sending": [
        "UPDATE interaction SET position = -number",
    ],
    "a command that was answered is done, once": [
        "DELETE FROM command",
        "UPDATE command SET answer = jsonb_set(answer, '{result, number}', '9')",
        "DELETE FROM interaction WHERE author_kind = 'agent'",
        "UPDATE interaction SET request_id = 'reply-2' WHERE author_kind = 'agent'",
    ],
    "no item has two offers, nobody is offered more than they can take": [
        "INSERT INTO log SELECT seq + 1000, at, fact FROM log WHERE fact ->> 'fact' = 'OfferMade'",
    ],
    "where work stands by the log is where it stands": [
        "UPDATE work_item SET queue = 'billing' WHERE state = 'offered'",
    ],
}

REPLY_DONE = """
    INSERT INTO command (person_id, id, at, digest, answer) VALUES ($1, 'reply-1', now(), '', $2)
"""
REPLY_SAID = """
    INSERT INTO interaction
    SELECT nextval('interaction_id'), nextval('interaction_position'), conversation_id, 3, kind,
           'outbound', channel, NULL, NULL, 'agent', $1, 'yes', '[]', NULL, now(), now(), 'reply-1'
    FROM interaction WHERE number = 2
"""


@pytest.fixture
async def floor(database_url: str) -> AsyncIterator[Floor]:
    database = await Database.open(database_url, size=2)
    connection = await asyncpg.connect(database_url)
    book = Published(1, foundation.read_rulebook(foundation.RULEBOOK))
    yield Floor(Desk(database, book, connection, count(1)), book)
    await connection.close()
    await database.close()


@pytest.fixture
async def agent(floor: Floor) -> int:
    """One who has one item, with two words of its customer, and is offered another."""
    now = datetime.now(UTC)
    agent = await floor.desk.person()
    await floor.active(agent, "1", now)
    await floor.desk.say("1", "more", at=now)
    await floor.offer(await floor.waiting("2", "help", now), agent, now)
    return agent


async def test_all_that_must_stand_stands_at_first(floor: Floor, agent: int) -> None:
    assert agent
    assert await standing(floor.desk.database) == {rule: [] for rule in RULES.values()}


def test_every_rule_is_broken_here() -> None:
    assert {rule for rule, _ in TAMPERED} == RULES.keys()


@pytest.mark.parametrize(("rule", "sql"), TAMPERED)
async def test_what_breaks_a_rule_is_found(floor: Floor, agent: int, rule: str, sql: str) -> None:
    assert agent
    await floor.desk.connection.execute(sql)
    assert (await standing(floor.desk.database))[RULES[rule]] != []


@pytest.fixture
async def ledger(floor: Floor) -> Ledger:
    """A customer said two things; their agent answered, and another is being offered."""
    now, ledger = datetime.now(UTC), Ledger()
    agent = await floor.desk.person()
    for text in ("first", "second"):
        said = await floor.desk.say("1", text, at=now)
        ledger.said["1"].append(saying := Saying(text))
        ledger.acknowledge(
            saying,
            {
                "interaction": said.interaction,
                "conversation": said.conversation,
                "number": said.number,
            },
        )
    await floor.offer(await floor.waiting("2", "help", now), agent, now)
    result = {"interaction": 1, "number": 3}
    answer = msgspec.json.encode({"type": "answer", "id": "reply-1", "ok": True, "result": result})
    ledger.done[agent, "reply-1"] = Done(ok=True, result=result)
    await floor.desk.rows(REPLY_DONE, agent, answer.decode())
    await floor.desk.rows(REPLY_SAID, agent)
    return ledger


async def _broken(floor: Floor, ledger: Ledger) -> list[str]:
    people = await floor.desk.rows("SELECT id FROM agent")
    found = await history(floor.desk.database, ledger, {int(str(p["id"])): 3 for p in people})
    return [rule for rule, rows in found.items() if rows]


async def test_all_that_was_promised_is_found_kept_at_first(floor: Floor, ledger: Ledger) -> None:
    assert await _broken(floor, ledger) == []


@pytest.mark.parametrize(
    ("rule", "sql"), [(rule, sql) for rule, all_ in HISTORY_TAMPERED.items() for sql in all_]
)
async def test_promise_that_was_broken_is_found(
    floor: Floor, ledger: Ledger, rule: str, sql: str
) -> None:
    await floor.desk.connection.execute(sql)
    assert rule in await _broken(floor, ledger)


def test_answer_that_differs_from_the_first_is_found() -> None:
    ledger = Ledger()
    saying = Saying("hello")
    ledger.acknowledge(saying, {"interaction": 1, "conversation": 1, "number": 1})
    ledger.acknowledge(saying, {"interaction": 1, "conversation": 1, "number": 1})
    assert (ledger.acknowledged, ledger.wrong) == (1, [])
    ledger.acknowledge(saying, {"interaction": 2, "conversation": 1, "number": 2})
    ledger.answered(1, "reply-1", {"ok": True, "result": {"number": 1}})
    ledger.answered(1, "reply-1", {"ok": True, "result": {"number": 2}})
    assert len(ledger.wrong) == 2
