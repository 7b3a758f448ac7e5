-- name: lock
SELECT * FROM agent WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- name: carried
SELECT agent_id, channel, weight FROM agent_carried($1)

-- name: save
UPDATE agent SET presence = $2, presence_reason = $3, presence_since = $4, gone_since = $5,
    idle_since = $6, cooldown_until = $7, misses = $8
WHERE id = $1

-- name: released
UPDATE agent SET idle_since = $2 WHERE id = ANY ($1::bigint[])

-- Work taken: misses in a row begin anew.
-- name: took
UPDATE agent SET idle_since = $2, misses = 0 WHERE id = $1

-- name: set_undo
UPDATE agent SET undo_s = $2 WHERE id = $1 RETURNING id

-- name: read
SELECT * FROM agent WHERE id = $1

-- Who of them has said that they take no work.
-- name: not_available
SELECT id FROM agent WHERE id = ANY ($1::bigint[]) AND presence <> 'available'
