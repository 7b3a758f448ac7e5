-- Two who publish at once get two versions.
-- name: lock
LOCK TABLE rulebook IN SHARE ROW EXCLUSIVE MODE

-- name: newest
SELECT version, document FROM rulebook ORDER BY version DESC LIMIT 1

-- name: newest_digest
SELECT version, digest, toml, author FROM rulebook ORDER BY version DESC LIMIT 1

-- name: insert
INSERT INTO rulebook (version, document, digest, author, published_at, toml, note, restores)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- The version of that number; without one the newest.
-- name: kept
SELECT version, author, published_at, note, restores, document, toml
FROM rulebook WHERE $1::bigint IS NULL OR version = $1
ORDER BY version DESC LIMIT 1

-- Newest first, those below a version.
-- name: page
SELECT version, author, published_at, note, restores
FROM rulebook WHERE version < $1::bigint
ORDER BY version DESC LIMIT $2

-- What live work waits in and came by, and the channels of our connections.
-- name: used
WITH live AS (
    SELECT queue, channel FROM work_item
    WHERE state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
)
SELECT ARRAY(SELECT DISTINCT queue FROM live) AS queues,
       ARRAY(SELECT channel FROM live UNION SELECT channel FROM connection) AS channels
