-- name: save
INSERT INTO draft (person_id, conversation_id, kind, text, number, changed_at)
SELECT $1, id, $3, $4, last_number, $5 FROM conversation WHERE id = $2
ON CONFLICT (person_id, conversation_id) DO UPDATE
SET kind = excluded.kind, text = excluded.text, number = excluded.number,
    changed_at = excluded.changed_at
RETURNING conversation_id AS conversation, kind, text, changed_at

-- name: drop
DELETE FROM draft WHERE person_id = $1 AND conversation_id = $2

-- Somebody's, of one conversation or of all; without those that were sent.
-- name: read
SELECT d.conversation_id AS conversation, d.kind, d.text, d.changed_at FROM draft d
WHERE d.person_id = $1 AND ($2::bigint IS NULL OR d.conversation_id = $2)
    AND d.conversation_id > $3
    AND NOT EXISTS (
        SELECT FROM interaction i
        WHERE i.conversation_id = d.conversation_id AND i.number > d.number
            AND i.author_kind = 'agent' AND i.author_id = d.person_id
            AND i.kind = CASE d.kind WHEN 'note' THEN 'note' ELSE 'message' END
    )
ORDER BY d.conversation_id LIMIT $4
