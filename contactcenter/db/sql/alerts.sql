-- None where one about the same thing is open.
-- name: insert
INSERT INTO alert (kind, urgency, subject_kind, subject, title, "values", addressee, agent_id, raised_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (kind, subject_kind, subject) WHERE acknowledged_at IS NULL DO NOTHING
RETURNING id

-- name: acknowledge
UPDATE alert SET acknowledged_at = $3, acknowledged_by = $2
WHERE id = $1 AND acknowledged_at IS NULL
RETURNING id, agent_id AS agent

-- name: exists
SELECT EXISTS (SELECT FROM alert WHERE id = $1 AND ($2::bigint IS NULL OR agent_id = $2))

-- name: lock
SELECT id, addressee AS "to", acknowledged_at FROM alert WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE

-- name: climb
UPDATE alert SET addressee = $2 WHERE id = $1

-- name: shown
SELECT id, jsonb_build_object(
    'kind', kind, 'urgency', urgency, 'subject_kind', subject_kind, 'subject', subject, 'title', title,
    'values', "values", 'to', addressee, 'agent', agent_id, 'raised_at', raised_at
) AS shown
FROM alert WHERE acknowledged_at IS NULL ORDER BY id

-- name: of_agent
SELECT id, kind, urgency, subject_kind, subject, title, "values", raised_at
FROM alert WHERE agent_id = $1 AND acknowledged_at IS NULL ORDER BY id

-- name: page
SELECT a.id, kind, urgency, subject_kind, subject, title, "values", addressee AS "to", agent_id AS agent,
       raised_at, acknowledged_at, acknowledged_by, p.name AS acknowledged_by_name
FROM alert a LEFT JOIN person p ON p.id = a.acknowledged_by
WHERE ($1::boolean IS NULL OR (acknowledged_at IS NULL) = $1) AND ($2::bigint = 0 OR a.id < $2)
ORDER BY a.id DESC LIMIT $3
