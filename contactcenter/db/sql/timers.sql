-- One row for (kind, subject); setting it again is a new generation.
-- name: set
INSERT INTO timer (kind, subject, due_at)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[])
ON CONFLICT (kind, subject) DO UPDATE
SET due_at = excluded.due_at, generation = nextval('timer_generation'), attempts = 0, parked_at = NULL

-- name: clear
DELETE FROM timer t USING unnest($1::text[], $2::bigint[]) AS c (kind, subject)
WHERE t.kind = c.kind AND t.subject = c.subject
