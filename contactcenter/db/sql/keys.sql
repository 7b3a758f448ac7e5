-- name: bots
SELECT id, name FROM api_key WHERE name = ANY ($1::text[]) AND revoked_at IS NULL
