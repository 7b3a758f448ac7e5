-- name: bots
SELECT id, name FROM api_key WHERE name = ANY ($1::text[]) AND revoked_at IS NULL

-- name: caller
SELECT id AS key_id, name AS key_name, scopes FROM api_key
WHERE secret_hash = $1 AND revoked_at IS NULL
