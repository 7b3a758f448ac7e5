-- Those that a person has: everybody's, and their own.
-- name: page
SELECT id, owner_id, shortcut, text, language, queues, changed_at FROM canned_reply
WHERE (owner_id IS NULL OR owner_id = $1)
    AND ($2::text IS NULL OR queues = '{}' OR $2 = ANY (queues))
    AND ($3::text IS NULL OR language IS NULL OR language = $3)
    AND ($4::text IS NULL OR strpos(lower(shortcut || ' ' || text), lower($4)) > 0)
    AND id > $5
ORDER BY id LIMIT $6

-- name: insert
INSERT INTO canned_reply (owner_id, shortcut, text, language, queues, changed_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING id, owner_id, shortcut, text, language, queues, changed_at

-- name: lock
SELECT id, owner_id, shortcut, text, language, queues, changed_at FROM canned_reply
WHERE id = $1 AND (owner_id IS NULL OR owner_id = $2) FOR NO KEY UPDATE

-- Whether another has that shortcut.
-- name: taken
SELECT EXISTS (
    SELECT FROM canned_reply
    WHERE id <> $1 AND coalesce(owner_id, 0) = coalesce($2::bigint, 0) AND shortcut = $3
        AND coalesce(language, '') = coalesce($4::text, '')
)

-- name: change
UPDATE canned_reply SET shortcut = $2, text = $3, language = $4, queues = $5, changed_at = $6
WHERE id = $1
RETURNING id, owner_id, shortcut, text, language, queues, changed_at

-- name: delete
DELETE FROM canned_reply WHERE id = $1
