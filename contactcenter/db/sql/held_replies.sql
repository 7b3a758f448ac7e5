-- name: hold
INSERT INTO held_reply (agent_id, item_id, text, seen, connection_id, files, request_id, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
RETURNING id

-- Whoever takes the row has the reply: to send it, or to leave it.
-- name: take
DELETE FROM held_reply WHERE id = ANY ($1::bigint[])
RETURNING id, agent_id, item_id, text, seen, connection_id, files, request_id

-- name: take_own
DELETE FROM held_reply WHERE id = $1 AND agent_id = $2
RETURNING id, agent_id, item_id, text, seen, connection_id, files, request_id

-- What could not be sent is a draft.
-- name: to_draft
INSERT INTO draft (person_id, conversation_id, kind, text, number, changed_at)
SELECT $1, v.id, 'reply', $3, v.last_number, $4
FROM work_item w JOIN conversation v ON v.id = w.conversation_id WHERE w.id = $2
ON CONFLICT (person_id, conversation_id) DO UPDATE
SET kind = excluded.kind, text = excluded.text, number = excluded.number,
    changed_at = excluded.changed_at

-- name: of_agent
SELECT id AS held, item_id AS item, text, due_at FROM held_reply WHERE agent_id = $1 ORDER BY id
