-- Cases as they are shown.

-- name: one
SELECT * FROM case_shown WHERE id = $1

-- By id, newest first. Each wish that is not said fits all.
-- name: page
SELECT k.* FROM case_shown k
WHERE k.id < $1
    AND ($3::text[] IS NULL OR k.state = ANY ($3))
    AND ($4::text IS NULL OR k.queue = $4)
    AND ($5::text IS NULL OR k.severity = $5)
    AND ($6::text IS NULL OR k.category = $6)
    AND ($7::bigint IS NULL OR k.owner = $7)
    AND ($8::bigint IS NULL OR k.customer = customer_root($8))
    AND ($9::bigint IS NULL OR EXISTS (
        SELECT FROM case_conversation l WHERE l.case_id = k.id AND l.conversation_id = $9))
    AND ($10::bigint IS NULL OR (k.opened_by_kind = 'bot' AND k.opened_by = $10))
ORDER BY k.id DESC LIMIT $2

-- name: of_customer
SELECT * FROM case_shown WHERE customer = $1 ORDER BY id DESC LIMIT $2

-- name: work
SELECT w.id AS item, w.state, w.epoch, w.queue, w.agent_id AS agent, p.name AS agent_name,
       w.enqueued_at
FROM work_item w LEFT JOIN person p ON p.id = w.agent_id
WHERE w.case_id = $1 AND w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup')

-- name: conversations
SELECT v.id, v.state, v.channel, v.opened_at, v.last_at, l.linked_at
FROM case_conversation l JOIN conversation_shown v ON v.id = l.conversation_id
WHERE l.case_id = $1 ORDER BY l.linked_at DESC, v.id DESC LIMIT 100

-- name: events
SELECT e.id, e.at, e.kind, e.by_kind, e.by_id AS by, coalesce(p.name, a.name, c.name) AS by_name,
       e.changes, e.text
FROM case_event e
JOIN service_case k ON k.id = e.case_id
LEFT JOIN person p ON e.by_kind = 'person' AND p.id = e.by_id
LEFT JOIN api_key a ON e.by_kind = 'bot' AND a.id = e.by_id
LEFT JOIN customer c ON e.by_kind = 'customer' AND c.id = k.party_id
WHERE e.case_id = $1 AND e.id < $2 ORDER BY e.id DESC LIMIT $3
