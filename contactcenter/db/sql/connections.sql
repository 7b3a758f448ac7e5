-- name: insert
INSERT INTO connection (name, channel, origins, api_key_id, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT connection_name DO NOTHING
RETURNING id, name, channel, origins, secrets, api_key_id, created_at, disabled_at

-- name: page
SELECT id, name, channel, origins, secrets, api_key_id, created_at, disabled_at FROM connection
WHERE id > $1 ORDER BY id LIMIT $2

-- name: lock
SELECT id, name, channel, origins, secrets, api_key_id, created_at, disabled_at FROM connection
WHERE id = $1 FOR NO KEY UPDATE

-- name: of_key
SELECT id, name FROM connection WHERE api_key_id = $1

-- name: change
UPDATE connection SET origins = $2, secrets = $3, api_key_id = $4, disabled_at = $5 WHERE id = $1
