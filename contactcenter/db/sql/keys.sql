-- name: bots
SELECT id, name FROM api_key WHERE name = ANY ($1::text[]) AND revoked_at IS NULL

-- name: caller
SELECT k.id AS key_id, k.name AS key_name, k.scopes,
       CASE WHEN n.id IS NOT NULL
           THEN jsonb_build_object('id', n.id, 'name', n.name, 'channel', n.channel) END AS connection
FROM api_key k LEFT JOIN connection n ON n.api_key_id = k.id AND n.disabled_at IS NULL
WHERE k.secret_hash = $1 AND k.revoked_at IS NULL
