-- name: claim
INSERT INTO command (person_id, id, digest, at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING person_id

-- name: read
SELECT digest, answer FROM command WHERE person_id = $1 AND id = $2

-- name: answer
UPDATE command SET answer = $3 WHERE person_id = $1 AND id = $2
