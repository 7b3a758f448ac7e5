-- Two who publish at once get two versions.
-- name: lock
LOCK TABLE rulebook IN SHARE ROW EXCLUSIVE MODE

-- name: newest
SELECT version, document FROM rulebook ORDER BY version DESC LIMIT 1

-- name: newest_digest
SELECT version, digest FROM rulebook ORDER BY version DESC LIMIT 1

-- name: insert
INSERT INTO rulebook (version, document, digest, author, published_at) VALUES ($1, $2, $3, $4, $5)
