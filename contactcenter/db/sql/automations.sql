-- One process reads at a time: whoever finds the row locked leaves it to the other.
-- name: lock_cursor
SELECT seq FROM log_cursor WHERE reader = 'automations' FOR NO KEY UPDATE SKIP LOCKED

-- name: page_end
SELECT coalesce(max(seq), $1) AS last, count(*) AS facts
FROM (SELECT seq FROM log WHERE seq > $1 ORDER BY seq LIMIT $2) AS page

-- What may set one off: of what is said, only what customers say.
-- name: page
SELECT seq, fact FROM log
WHERE seq > $1 AND seq <= $2 AND fact ->> 'fact' = ANY ($3::text[])
    AND (fact ->> 'fact' <> 'InteractionAppended' OR fact #>> '{said,direction}' = 'inbound')
ORDER BY seq LIMIT $4

-- name: move_cursor
UPDATE log_cursor SET seq = $1 WHERE reader = 'automations'

-- Customers as they are known now, and whether it is proven who they are: here, where they speak.
-- name: customers
SELECT w.place, c AS customer,
       coalesce(i.verified, EXISTS (SELECT FROM identity d WHERE d.customer_id = c.id AND d.verified)) AS verified
FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS w (customer, identity, place)
JOIN customer c ON c.id = customer_root(w.customer)
LEFT JOIN identity i ON i.id = w.identity

-- name: conversations
SELECT * FROM conversation WHERE id = ANY ($1::bigint[])

-- name: cases
SELECT * FROM service_case WHERE id = ANY ($1::bigint[])

-- name: connections
SELECT id, name FROM connection WHERE id = ANY ($1::bigint[])

-- name: ran
SELECT EXISTS (
    SELECT FROM automation_run
    WHERE customer_id = $2 AND automation = $1 AND outcome = 'done'
        AND ($3::bigint IS NULL OR conversation_id = $3)
        AND ($4::timestamptz IS NULL OR at >= $4)
)

-- How often for this customer, and how often this rule, since then; beyond the limits nobody counts on.
-- name: lately
SELECT (SELECT count(*) FROM (
            SELECT FROM automation_run WHERE customer_id = $1 AND at > $2 AND outcome = 'done' LIMIT $3
        ) c) AS of_customer,
       (SELECT count(*) FROM (
            SELECT FROM automation_run WHERE automation = $4 AND at > $5 AND outcome = 'done' LIMIT $6
        ) r) AS of_rule

-- name: insert_run
INSERT INTO automation_run (
    seq, automation, rulebook_version, trigger, customer_id, conversation_id, case_id, lead_id, order_id,
    depth, outcome, did, why, known, at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING id

-- name: live_item
SELECT id FROM work_item WHERE conversation_id = $1 AND kind = 'conversation'
    AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
UNION ALL
SELECT id FROM work_item WHERE case_id = $2 AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
UNION ALL
SELECT id FROM work_item WHERE lead_id = $3 AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
LIMIT 1

-- name: agent
SELECT a.id FROM agent a JOIN person p ON p.id = a.id
WHERE lower(p.login) = lower($1) AND p.disabled_at IS NULL

-- name: page_of_runs
SELECT id, seq, automation, rulebook_version, trigger, customer_id AS customer,
       conversation_id AS conversation, case_id AS "case", lead_id AS lead, order_id AS "order", depth,
       outcome, did, why, known, at
FROM automation_run
WHERE id < $1 AND ($3::bigint IS NULL OR conversation_id = $3)
    AND ($4::bigint IS NULL OR customer_id = customer_root($4))
    AND ($5::text IS NULL OR automation = $5) AND ($6::text IS NULL OR outcome = $6)
ORDER BY id DESC LIMIT $2

-- Whether it has ended like this before, lately.
-- name: told
SELECT EXISTS (
    SELECT FROM automation_run WHERE automation = $1 AND at > $3 AND outcome = $2 AND id <> $4
)
