-- name: waiting_of_person
SELECT count(*) FROM file WHERE person_id = $1 AND attached_at IS NULL

-- name: waiting_of_session
SELECT count(*) FROM file WHERE session_id = $1 AND attached_at IS NULL

-- name: insert
INSERT INTO file (name, media_type, size, person_id, session_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id, name, media_type, size

-- name: insert_piece
INSERT INTO file_piece (file_id, place, content) VALUES ($1, $2, $3)

-- name: piece
SELECT content FROM file_piece WHERE file_id = $1 AND place = $2

-- Those of somebody's own that can be sent: brought after $4, or sent before.
-- name: own
SELECT id, name, media_type, size FROM file
WHERE id = ANY ($1::bigint[]) AND (person_id = $2 OR session_id = $3)
    AND (created_at > $4 OR attached_at IS NOT NULL)

-- name: attach
WITH held AS (
    UPDATE file SET attached_at = $3 WHERE id = ANY ($1::bigint[]) AND attached_at IS NULL
)
INSERT INTO attachment (file_id, interaction_id)
SELECT * FROM unnest($1::bigint[], $2::bigint[])
ON CONFLICT DO NOTHING

-- Staff see every conversation, and so whatever stands in one.
-- name: seen_by_staff
SELECT id, name, media_type, size FROM file
WHERE id = $1 AND (person_id = $2 OR attached_at IS NOT NULL)

-- name: seen_by_bot
SELECT f.id, f.name, f.media_type, f.size FROM file f
WHERE f.id = $1 AND EXISTS (
    SELECT FROM attachment a
    JOIN interaction i ON i.id = a.interaction_id
    JOIN conversation v ON v.id = i.conversation_id
    WHERE a.file_id = f.id AND v.bot_id = $2 AND i.kind <> 'note'
)

-- What this visitor has brought, on whatever device, or was sent by or to them.
-- name: seen_by_visitor
SELECT f.id, f.name, f.media_type, f.size FROM file f
WHERE f.id = $1 AND (EXISTS (
    SELECT FROM visitor_session own JOIN visitor_session brought USING (scheme, scope, value)
    WHERE own.id = $2 AND brought.id = f.session_id
) OR EXISTS (
    SELECT FROM attachment a
    JOIN interaction i ON i.id = a.interaction_id
    WHERE a.file_id = f.id AND i.identity_id = ANY ($3::bigint[])
        AND i.kind IN ('message', 'reminder')
))
