"""Hot queries keep their plan: by their index, and never through a whole table."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec
import pytest

from contactcenter.db.queries import QUERIES

CUSTOMERS = 3000
BIG = {
    "command",
    "conversation",
    "customer",
    "dedupe",
    "identity",
    "interaction",
    "log",
    "offer",
    "search_text",
    "timer",
    "work_item",
}

INDEXES = {
    "interactions.claimed": {"dedupe_pkey", "interaction_pkey"},
    "customers.known": {"identity_key or identity_value", "customer_pkey"},
    "customers.lock": {"customer_pkey"},
    "conversations.lock": {"conversation_pkey"},
    "conversations.ways": {
        "conversation_pkey",
        "customer_merged",
        "identity_customer",
        "interaction_identity",
        "interaction_number",
    },
    "interactions.inbound_after": {"interaction_number"},
    "offers.accept": {"offer_pkey or offer_pending or offer_agent_pending", "conversation_pkey"},
    "commands.claimed": {"command_pkey"},
    "commands.answer": {"command_pkey"},
    "items.lock_live": {"work_item_live"},
    "items.of_agents": {"work_item_agent"},
    "agents.carried": {"work_item_agent", "offer_agent_pending or offer_pending"},
    "offers.lock_pending_of_items": {"offer_pending"},
    "timers.upcoming": {"timer_due"},
    "timers.backlog": {"timer_due"},
    "timers.lock_due": {"timer_pkey"},
    "forgetting.keys_after": {"dedupe_pkey", "interaction_pkey"},
    "forgetting.visitors": {"identity_key or identity_value"},
    "forgetting.silent": {"customer_pkey", "identity_customer", "interaction_identity"},
    "log.after": {"log_pkey"},
    "log.last": {"log_pkey"},
    "records.timeline": {"conversation_party", "interaction_number"},
    "search.lately": {"search_text_position"},
    "search.ever": {"search_text_words"},
    "search.of_customer": {"conversation_party or conversation_open", "search_text_conversation"},
    "search.hits": {"interaction_pkey", "conversation_pkey"},
    "visitors.after": {"interaction_identity"},
    "visitors.newest": {"interaction_identity"},
}
IN_CALLS = {
    "SELECT * FROM receive_begin('{1}', '{new key}', '{x}', '{1}', '{phone}', '{front}', '{+621}',"
    " '{f}', now())": {
        "identity_key or identity_value",
        "customer_pkey",
        "conversation_open",
        "conversation_party",
        "conversation_pkey",
        "work_item_live",
    },
    "SELECT * FROM offer_hold(1, '{1}', '{1}')": {
        "work_item_pkey",
        "work_item_agent",
        "offer_agent_pending or offer_pending",
        "interaction_number",
    },
    "SELECT customer_root(1)": {"customer_pkey"},
}
"""Calls of functions, and what the statements in them use."""

FILLING = """
INSERT INTO lease VALUES ('router', 'somebody', 1, now() + interval '1 h');
INSERT INTO person (login, name, role, created_at)
SELECT 'p' || n, 'P', 'agent', now() FROM generate_series(1, 100) n;
INSERT INTO agent (id, presence_since, idle_since) SELECT id, now(), now() FROM person;
INSERT INTO connection (name, channel, created_at) VALUES ('front', 'mobile', now());
INSERT INTO customer (created_at) SELECT now() FROM generate_series(1, {n});
INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
SELECT 'phone', 'front', '+62' || id, id, false, now() FROM customer;
INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
SELECT 'email', 'front', 'someone.' || id || '@post.example', id, false, now() FROM customer;
INSERT INTO conversation (customer_id, party_id, state, closed_at, opened_at, last_number)
SELECT c.id, c.id, CASE WHEN k = 3 AND c.id % 5 = 0 THEN 'open' ELSE 'closed' END,
       CASE WHEN k = 3 AND c.id % 5 = 0 THEN NULL ELSE now() END, now(), 4
FROM customer c CROSS JOIN generate_series(1, 3) k;
INSERT INTO dedupe (connection_id, key, digest)
SELECT 1, 'key ' || n, '' FROM generate_series(1, {n} * 12) n;
INSERT INTO interaction (id, conversation_id, number, kind, direction, channel, connection_id,
    identity_id, author_kind, text, occurred_at, received_at)
SELECT interaction_id, 1 + (n - 1) / 4, 1 + (n - 1) % 4, 'message', 'inbound', 'mobile', 1,
       1 + (n - 1) / 12, 'customer', 'hello', now(), now()
FROM (SELECT interaction_id, row_number() OVER (ORDER BY interaction_id) AS n FROM dedupe) d;
INSERT INTO work_item (conversation_id, customer_id, kind, state, queue, channel, weight,
    full_weight, requirement, enqueued_at, agent_id, waiting_for, waiting_since, rulebook_version,
    opened_at)
SELECT id, party_id, 'conversation', CASE WHEN state = 'closed' THEN 'done'
       WHEN id % 2 = 0 THEN 'active' ELSE 'queued' END, 'care', 'mobile', 1, 1, '{{}}', now(),
       CASE WHEN state = 'open' AND id % 2 = 0 THEN 1 + id % 100 END, 'us', now(), 1, now()
FROM conversation;
INSERT INTO offer (item_id, queue, agent_id, state, made_at, expires_at, sentence, explanation,
    rulebook_version)
SELECT id, queue, 1 + id % 100, CASE WHEN state = 'queued' AND id % 50 = 1 THEN 'pending'
       ELSE 'accepted' END, now(), now(), '', '{{}}', 1 FROM work_item;
INSERT INTO timer (kind, subject, due_at)
SELECT 'item_idle', id, now() + interval '1 hour' * (id % 100 + 1) FROM work_item;
INSERT INTO command (person_id, id, at, digest)
SELECT 1 + n % 100, 'id ' || n, now(), '' FROM generate_series(1, {n} * 12) n;
INSERT INTO log (seq, at, fact)
SELECT n, now(), '{{"fact": "KeyRevoked", "key": 1}}' FROM generate_series(1, {n} * 3) n;
INSERT INTO search_text (interaction_id, conversation_id, position, words)
SELECT id, conversation_id, position, to_tsvector('simple', text) FROM interaction;
ANALYZE;
"""


@pytest.fixture
async def full(database_url: str) -> Any:
    """A connection to a database in which much has happened."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(FILLING.format(n=CUSTOMERS))
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    yield connection
    await connection.close()


async def test_hot_queries_keep_their_plan(full: Any) -> None:
    plans = {name: await plan(full, QUERIES[name]) for name in INDEXES}
    assert faults(plans, INDEXES) == {}


async def test_customers_are_searched_by_indexes_alone(full: Any) -> None:
    await full.execute("SET enable_seqscan = off")  # as the application's connections have it
    wanted = {
        "search.customers": {
            "customer_words",
            "identity_mail_words",
            "identity_phone_end",
            "identity_value",
            "customer_pkey",
        },
        "merges.suggested": {"identity_value", "identity_phone_end", "customer_name"},
    }
    plans = {name: await plan(full, QUERIES[name]) for name in wanted}
    assert faults(plans, wanted) == {}


async def test_timers_that_are_not_due_are_not_looked_at(full: Any) -> None:
    [scan] = [p for p in await plan(full, QUERIES["timers.upcoming"]) if "Index Name" in p]
    assert "due_at <=" in scan["Index Cond"]


async def test_so_do_the_statements_within_functions(full: Any) -> None:
    plans = {call: await plans_within(full, call) for call in IN_CALLS}
    assert faults(plans, IN_CALLS) == {}


def faults(
    plans: dict[str, list[dict[str, Any]]], wanted: dict[str, set[str]]
) -> dict[str, dict[str, set[str]]]:
    """Of each plan the whole tables that it reads, and the indexes that it should use."""
    found = {}
    for name, parts in plans.items():
        used = {p["Index Name"] for p in parts if "Index Name" in p}
        whole = {p["Relation Name"] for p in parts if p["Node Type"] == "Seq Scan"} & BIG
        missed = {i for i in wanted[name] if used.isdisjoint(i.split(" or "))}
        if whole or missed:
            found[name] = {"whole tables": whole, "not used": missed, "used": used}
    return found


async def plan(full: Any, sql: str) -> list[dict[str, Any]]:
    """The plan that fits whatever is asked, which a connection keeps once it has asked a while."""
    asked = len((await full.prepare(sql)).get_parameters())
    given = f"({', '.join(['NULL'] * asked)})" if asked else ""
    await full.execute(f"PREPARE hot AS {sql}")
    told = await full.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE hot {given}")
    await full.execute("DEALLOCATE hot")
    return list(nodes(msgspec.json.decode(told)[0]["Plan"]))


async def plans_within(full: Any, call: str) -> list[dict[str, Any]]:
    """The plans of all statements that run in a call, as the server itself tells them."""
    told: list[str] = []
    full.add_log_listener(lambda _connection, line: told.append(line.message))
    for name, value in (
        ("log_level", "notice"),
        ("log_format", "json"),
        ("log_nested_statements", "on"),
        ("log_min_duration", "0"),
    ):
        await full.execute(f"LOAD 'auto_explain'; SET auto_explain.{name} = '{value}'")
    await full.execute(call)
    await full.execute("SET auto_explain.log_min_duration = -1")
    await asyncio.sleep(0)
    return [
        part
        for line in told
        for part in nodes(msgspec.json.decode(line.partition("plan:")[2])["Plan"])
    ]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
