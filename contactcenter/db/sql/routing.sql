-- All that the engine is told at load, in one snapshot with the log's end.

-- name: agents
SELECT * FROM agent ORDER BY id

-- name: items
SELECT * FROM work_item WHERE state IN ('queued', 'offered', 'active', 'wrapup') ORDER BY id

-- name: pending
SELECT id, item_id, agent_id, state, reason, made_at, expires_at, ended_at, excluded_until, sentence
FROM offer WHERE state = 'pending' ORDER BY id

-- Who is left out for an item that waits, and until when; what was before this wait is forgotten.
-- name: exclusions
SELECT o.item_id, o.agent_id, max(o.excluded_until) AS until
FROM offer o JOIN work_item w ON w.id = o.item_id
WHERE w.state IN ('queued', 'offered') AND o.excluded_until > $1 AND o.made_at >= w.enqueued_at
GROUP BY o.item_id, o.agent_id ORDER BY o.item_id, o.agent_id
