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

-- name: idle
UPDATE agent a SET idle_since = $2
WHERE a.id = ANY ($1::bigint[])
    AND NOT EXISTS (SELECT FROM work_item w WHERE w.agent_id = a.id AND w.state IN ('active', 'wrapup'))
