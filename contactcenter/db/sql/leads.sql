-- Nothing where that key has made one before.
-- name: open
INSERT INTO sales_lead (
    customer_id, party_id, state, source, product, region, value, currency, note, queue,
    made_by_kind, made_by, made_key, arrived_at
) VALUES ($1, $1, 'new', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT DO NOTHING RETURNING *

-- name: of_key
SELECT * FROM sales_lead WHERE made_by_kind = $1 AND made_by = $2 AND made_key = $3

-- name: lock
SELECT * FROM sales_lead WHERE id = $1 FOR NO KEY UPDATE

-- name: lock_item
SELECT * FROM work_item
WHERE lead_id = $1 AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup') FOR NO KEY UPDATE

-- name: save
UPDATE sales_lead SET state = $3, queue = $4, agent_id = $5, ended_at = $6
WHERE id = $1 AND state = $2 RETURNING id

-- name: lock_of_party
SELECT id FROM sales_lead WHERE party_id = $1 ORDER BY id FOR NO KEY UPDATE

-- name: lock_begun
SELECT id FROM sales_lead WHERE party_id = $2 AND customer_root(customer_id) = $1
ORDER BY id FOR NO KEY UPDATE

-- name: one
SELECT * FROM sales_lead WHERE id = $1

-- name: page
SELECT * FROM sales_lead
WHERE id < $1 AND ($3::text IS NULL OR state = $3)
    AND ($4::bigint IS NULL OR party_id = customer_root($4))
    AND ($5::bigint IS NULL OR agent_id = $5)
ORDER BY id DESC LIMIT $2
