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

-- name: drop_draft
DELETE FROM draft WHERE person_id = $1 AND conversation_id = $2 AND kind = 'reply'

-- What was begun while these replies were held was not sent with them.
-- name: keep_drafts
UPDATE draft d SET number = v.last_number
FROM unnest($1::bigint[], $2::bigint[]) AS sent (agent_id, item_id)
JOIN work_item w ON w.id = sent.item_id
JOIN conversation v ON v.id = w.conversation_id
WHERE d.person_id = sent.agent_id AND d.conversation_id = v.id

-- What could not be sent is a draft, before what was begun meanwhile: and a note where that is one, so
-- that a note never leaves with it.
-- name: to_draft
INSERT INTO draft AS d (person_id, conversation_id, kind, text, number, changed_at)
SELECT $1, v.id, 'reply', $3, v.last_number, $4
FROM work_item w JOIN conversation v ON v.id = w.conversation_id WHERE w.id = $2
ON CONFLICT (person_id, conversation_id) DO UPDATE
SET text = left(excluded.text || E'\n' || d.text, 16384), number = excluded.number,
    changed_at = excluded.changed_at

-- name: of_agent
SELECT h.id AS held, h.item_id AS item, w.conversation_id AS conversation, h.text, h.seen,
       h.connection_id AS connection, h.request_id, h.due_at, (
           SELECT coalesce(jsonb_agg(jsonb_build_object(
               'type', 'file', 'file', f.id, 'name', f.name, 'media_type', f.media_type, 'size', f.size
           ) ORDER BY array_position(h.files, f.id)), '[]')
           FROM file f WHERE f.id = ANY (h.files)
       ) AS parts
FROM held_reply h JOIN work_item w ON w.id = h.item_id
WHERE h.agent_id = $1 ORDER BY h.id
