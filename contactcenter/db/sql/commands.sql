-- Which of these ids are new.
-- name: claim
INSERT INTO command (person_id, id, digest, at)
SELECT person_id, id, digest, $4
FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS c (person_id, id, digest)
ORDER BY person_id, id
ON CONFLICT DO NOTHING
RETURNING person_id, id

-- name: claimed
SELECT person_id, id, digest, answer
FROM unnest($1::bigint[], $2::text[]) AS c (person_id, id) JOIN command USING (person_id, id)

-- name: answer
UPDATE command c SET answer = n.answer
FROM unnest($1::bigint[], $2::text[], $3::jsonb[]) AS n (person_id, id, answer)
WHERE c.person_id = n.person_id AND c.id = n.id
