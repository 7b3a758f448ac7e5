-- Two who publish at once get two versions.
-- name: lock
LOCK TABLE rulebook IN SHARE ROW EXCLUSIVE MODE

-- name: newest
SELECT version, document FROM rulebook ORDER BY version DESC LIMIT 1

-- name: newest_digest
SELECT version, digest FROM rulebook ORDER BY version DESC LIMIT 1

-- name: insert
INSERT INTO rulebook (version, document, digest, author, published_at) VALUES ($1, $2, $3, $4, $5)

-- What live work waits in and came by, and the channels of our connections.
-- name: used
WITH live AS (
    SELECT queue, channel FROM work_item
    WHERE state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
)
SELECT ARRAY(SELECT DISTINCT queue FROM live) AS queues,
       ARRAY(SELECT channel FROM live UNION SELECT channel FROM connection) AS channels
