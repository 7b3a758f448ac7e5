-- name: lock
SELECT * FROM agent WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- Active work, wrap-up and pending offers: what takes capacity.
-- name: carried
SELECT agent_id, channel, weight FROM work_item
WHERE agent_id = ANY ($1::bigint[]) AND state IN ('active', 'wrapup')
UNION ALL
SELECT o.agent_id, w.channel, w.full_weight AS weight
FROM offer o JOIN work_item w ON w.id = o.item_id
WHERE o.agent_id = ANY ($1::bigint[]) AND o.state = 'pending'

-- name: save
UPDATE agent SET presence = $2, presence_reason = $3, presence_since = $4, gone_since = $5,
    idle_since = $6, cooldown_until = $7, misses = $8
WHERE id = $1

-- name: released
UPDATE agent SET idle_since = $2 WHERE id = ANY ($1::bigint[])

-- Work taken: misses in a row begin anew.
-- name: took
UPDATE agent SET idle_since = $2, misses = 0 WHERE id = $1

-- name: read
SELECT * FROM agent WHERE id = $1

-- Who of them has said that they take no work.
-- name: not_available
SELECT id FROM agent WHERE id = ANY ($1::bigint[]) AND presence <> 'available'
