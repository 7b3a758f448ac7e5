-- name: bots
SELECT id, name FROM api_key WHERE name = ANY ($1::text[]) AND revoked_at IS NULL

-- name: caller
SELECT k.id AS key_id, k.name AS key_name, k.scopes,
       CASE WHEN n.id IS NOT NULL
           THEN jsonb_build_object('id', n.id, 'name', n.name, 'channel', n.channel) END AS connection
FROM api_key k LEFT JOIN connection n ON n.api_key_id = k.id AND n.disabled_at IS NULL
WHERE k.secret_hash = $1 AND k.revoked_at IS NULL

-- name: insert
INSERT INTO api_key (name, secret_hash, scopes, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING
RETURNING id, name, scopes, webhook_url, created_at, revoked_at

-- name: page
SELECT id, name, scopes, webhook_url, created_at, revoked_at FROM api_key
WHERE id > $1 ORDER BY id LIMIT $2

-- name: revoke
UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL
RETURNING id, name, scopes, webhook_url, created_at, revoked_at

-- Locked, so that it is not revoked while a connection is given to it.
-- name: lock_live
SELECT id FROM api_key WHERE id = $1 AND revoked_at IS NULL FOR NO KEY UPDATE
