-- Nothing where that key has opened one before.
-- name: open
INSERT INTO service_case (
    customer_id, party_id, category, severity, queue, subject, description, opened_by_kind,
    opened_by, opened_key, opened_at, state, state_since
) VALUES ($1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', $10)
ON CONFLICT DO NOTHING RETURNING *

-- name: of_key
SELECT * FROM service_case WHERE opened_by_kind = $1 AND opened_by = $2 AND opened_key = $3

-- name: where
SELECT party_id, bot_id FROM conversation WHERE id = $1

-- name: lock
SELECT * FROM service_case WHERE id = $1 FOR NO KEY UPDATE

-- name: lock_item
SELECT * FROM work_item
WHERE case_id = $1 AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup') FOR NO KEY UPDATE

-- A transition: all that may change, guarded by the state that was read.
-- name: save
UPDATE service_case
SET category = $3, severity = $4, state = $5, state_since = $6, queue = $7, owner_id = $8,
    subject = $9, description = $10, resolution_code = $11, resolution = $12, reopened = $13,
    resolved_at = $14, closed_at = $15
WHERE id = $1 AND state = $2 RETURNING id

-- name: event
INSERT INTO case_event (case_id, at, kind, by_kind, by_id, changes, text)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: link
INSERT INTO case_conversation (case_id, conversation_id, linked_at) VALUES ($1, $2, $3)

-- name: link_once
INSERT INTO case_conversation (case_id, conversation_id, linked_at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING case_id

-- name: unlink
DELETE FROM case_conversation WHERE case_id = $1 AND conversation_id = $2 RETURNING case_id

-- The next facts of the log, by one process at a time: how many, and in which conversations their
-- customers have spoken, when last.
-- name: spoken
WITH place AS (
    SELECT seq FROM log_cursor WHERE reader = 'cases' FOR NO KEY UPDATE SKIP LOCKED
), portion AS (
    SELECT l.seq, l.fact FROM place CROSS JOIN LATERAL (
        SELECT seq, fact FROM log WHERE log.seq > place.seq ORDER BY seq LIMIT $1
    ) l
), moved AS (
    UPDATE log_cursor SET seq = p.seq FROM (SELECT max(seq) AS seq FROM portion) p
    WHERE reader = 'cases' AND p.seq IS NOT NULL
), said AS (
    SELECT (fact ->> 'conversation')::bigint AS conversation, max((fact ->> 'at')::timestamptz) AS at
    FROM portion
    WHERE fact ->> 'fact' = 'InteractionAppended' AND fact #>> '{said,direction}' = 'inbound'
    GROUP BY 1
)
SELECT (SELECT count(*) FROM portion) AS facts,
       (SELECT coalesce(array_agg(conversation ORDER BY conversation), '{}') FROM said) AS conversations,
       (SELECT coalesce(array_agg(at ORDER BY conversation), '{}') FROM said) AS times

-- Cases that wait for the customer, or were resolved, before the customer spoke about them.
-- name: spoken_of
SELECT k.id, max(s.at) AS at
FROM unnest($1::bigint[], $2::timestamptz[]) AS s (conversation, at)
JOIN case_conversation l ON l.conversation_id = s.conversation
JOIN service_case k ON k.id = l.case_id
JOIN conversation v ON v.id = l.conversation_id
WHERE k.state IN ('pending_customer', 'resolved') AND k.state_since < s.at
    AND v.party_id = k.party_id
GROUP BY k.id ORDER BY k.id

-- Of the party that is merged, and of those merged into it: whose they were when they were opened.
-- name: lock_of_party
SELECT id FROM service_case WHERE party_id = $1 ORDER BY id FOR NO KEY UPDATE

-- name: lock_begun
SELECT id FROM service_case WHERE party_id = $2 AND customer_root(customer_id) = $1
ORDER BY id FOR NO KEY UPDATE
