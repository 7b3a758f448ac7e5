"""What must hold of the record whatever has been done to it, asked of the database."""

from typing import Any

import msgspec

from contactcenter.db.database import Database
from contactcenter.db.queries import QUERIES
from contactcenter.facts import Fact
from contactcenter.live import board

RULES = {
    "a party has one open conversation": """
        SELECT party_id FROM conversation WHERE state = 'open' GROUP BY party_id HAVING count(*) > 1
    """,
    "a conversation is numbered without gaps": """
        SELECT c.id FROM conversation c LEFT JOIN interaction i ON i.conversation_id = c.id
        GROUP BY c.id
        HAVING c.last_number <> count(i.id) OR c.last_number <> coalesce(max(i.number), 0)
    """,
    "positions grow with the numbers": """
        SELECT a.id FROM interaction a JOIN interaction b
            ON b.conversation_id = a.conversation_id AND b.number = a.number + 1
        WHERE b.position <= a.position
    """,
    "a claimed key has its interaction": """
        SELECT d.key FROM dedupe d LEFT JOIN interaction i ON i.id = d.interaction_id
        WHERE i.id IS NULL
    """,
    "a customer is known by something": """
        SELECT c.id FROM customer c LEFT JOIN identity i ON i.customer_id = c.id WHERE i.id IS NULL
    """,
    "a conversation is of somebody who was not merged away": """
        SELECT v.id FROM conversation v JOIN customer c ON c.id = v.party_id
        WHERE c.merged_into IS NOT NULL
    """,
    "an open conversation has its work, unless it is spam": """
        SELECT v.id FROM conversation v JOIN customer c ON c.id = v.party_id
        WHERE v.state = 'open' AND c.spam_at IS NULL AND NOT EXISTS (
            SELECT FROM work_item w WHERE w.conversation_id = v.id
                AND w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup'))
    """,
    "work is of an open conversation and its party": """
        SELECT w.id FROM work_item w JOIN conversation v ON v.id = w.conversation_id
        WHERE w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
            AND (v.state <> 'open' OR w.customer_id <> v.party_id)
    """,
    "work is with an agent or waits": """
        SELECT id FROM work_item
        WHERE (state IN ('active', 'wrapup') AND agent_id IS NULL)
            OR (state IN ('queued', 'offered') AND agent_id IS NOT NULL)
    """,
    "what is offered has a pending offer": """
        SELECT w.id FROM work_item w FULL JOIN offer o ON o.item_id = w.id AND o.state = 'pending'
        WHERE (w.state = 'offered') <> (o.id IS NOT NULL)
    """,
    "what was said is in the log, once and as it was": """
        SELECT i.id FROM interaction i FULL JOIN (
            SELECT fact -> 'said' AS said, fact ->> 'conversation' AS conversation
            FROM log WHERE fact ->> 'fact' = 'InteractionAppended'
        ) f ON (f.said ->> 'id')::bigint = i.id
        WHERE i.id IS NULL OR f.said IS NULL
            OR f.conversation::bigint <> i.conversation_id
            OR (f.said ->> 'number')::integer <> i.number
            OR (f.said ->> 'position')::bigint <> i.position
            OR f.said ->> 'text' <> i.text
    """,
}


async def broken(database: Database, connection: Any) -> list[str]:
    """The rules that do not hold, each with what breaks it."""
    found = [(rule, await connection.fetch(sql)) for rule, sql in RULES.items()]
    faults = [f"{rule}: {[tuple(r) for r in rows]}" for rule, rows in found if rows]
    return faults + await _unlike_the_log(database, connection)


async def _unlike_the_log(database: Database, connection: Any) -> list[str]:
    """Where work stands by the log, against where it stands in the record."""
    folded = board.Board("UTC")
    for row in await connection.fetch(QUERIES["log.after"], 0, 1_000_000):
        folded.fold(row["seq"], msgspec.json.decode(row["fact"], type=Fact))
    async with database.snapshot() as tx:
        stored = await board.read(tx, "UTC")
    pairs = [
        ("bots have", folded.bots, stored.bots),
        ("there wait", folded.waiting, stored.waiting),
        ("agents have", folded.owned, stored.owned),
    ]
    return [
        f"by the log {what} {told}, in fact {true}" for what, told, true in pairs if told != true
    ]
