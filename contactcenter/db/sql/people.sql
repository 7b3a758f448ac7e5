-- name: candidate
SELECT id, password_hash FROM person WHERE login = $1

-- name: candidate_by_id
SELECT id, password_hash FROM person WHERE id = $1

-- Read after the person is locked.
-- name: kept
SELECT password_hash, failures, locked_until FROM person WHERE id = $1

-- name: proven
UPDATE person SET failures = 0, locked_until = NULL WHERE id = $1

-- name: failed
UPDATE person SET failures = $2, locked_until = $3 WHERE id = $1

-- name: set_password
UPDATE person SET password_hash = $2, failures = 0, locked_until = NULL WHERE id = $1

-- name: insert
INSERT INTO person (login, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT ON CONSTRAINT person_login DO NOTHING
RETURNING id, login, name, role, disabled_at, created_at

-- name: change
UPDATE person SET name = $2, role = $3, disabled_at = $4 WHERE id = $1

-- Who somebody is to themself; `undo_s` where they take work.
-- name: me
SELECT p.login, p.name, p.role, a.undo_s FROM person p LEFT JOIN agent a ON a.id = p.id WHERE p.id = $1

-- name: lock
SELECT id, login, name, role, disabled_at, created_at FROM person WHERE id = $1 FOR NO KEY UPDATE

-- A person, and all who could administer in their place: locked together, in one order.
-- name: lock_with_administrators
SELECT id, login, name, role, disabled_at, created_at FROM person
WHERE id = $1 OR (role = 'administrator' AND disabled_at IS NULL)
ORDER BY id FOR NO KEY UPDATE

-- name: page
SELECT p.id, p.login, p.name, p.role, p.disabled_at, p.created_at, a.skills, a.queues, a.capacity,
       a.ceilings
FROM person p LEFT JOIN agent a ON a.id = p.id
WHERE p.id > $1 AND ($2::bigint IS NULL
    OR EXISTS (SELECT FROM team_member m WHERE m.agent_id = p.id AND m.team_id = $2))
ORDER BY p.id LIMIT $3

-- name: one
SELECT p.id, p.login, p.name, p.role, p.disabled_at, p.created_at, a.skills, a.queues, a.capacity,
       a.ceilings
FROM person p LEFT JOIN agent a ON a.id = p.id WHERE p.id = $1

-- Whoever has no socket is offline, whatever they said last.
-- name: colleagues
SELECT c.*, ARRAY(
    SELECT t.name FROM team_member m JOIN team t ON t.id = m.team_id
    WHERE m.agent_id = c.id ORDER BY t.id
) AS teams, (SELECT coalesce(sum(weight), 0)::integer FROM agent_carried(ARRAY[c.id])) AS carries
FROM (
    SELECT p.id, p.login, p.name, a.queues, a.skills, a.capacity,
           CASE WHEN a.gone_since IS NULL THEN a.presence ELSE 'offline' END AS presence
    FROM agent a JOIN person p ON p.id = a.id
    WHERE p.disabled_at IS NULL
        AND (position(lower($1) IN lower(p.name)) > 0 OR position(lower($1) IN p.login) > 0)
        AND ($3::bigint IS NULL OR p.id = $3)
) c
ORDER BY array_position('{available,away,offline}', presence), lower(name), id LIMIT $2

-- name: make_agent
INSERT INTO agent (id, presence_since, gone_since, idle_since) VALUES ($1, $2, $2, $2)
ON CONFLICT DO NOTHING

-- name: abilities
SELECT skills, queues, capacity, ceilings FROM agent WHERE id = $1 FOR NO KEY UPDATE

-- name: set_abilities
UPDATE agent SET skills = $2, queues = $3, capacity = $4, ceilings = $5 WHERE id = $1

-- name: spend_links
UPDATE one_time_link SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL

-- name: insert_link
INSERT INTO one_time_link (token_hash, person_id, expires_at) VALUES ($1, $2, $3)

-- name: link
SELECT person_id FROM one_time_link WHERE token_hash = $1

-- Guarded, so that it works once, whoever else tries it at the same moment.
-- name: use_link
UPDATE one_time_link SET used_at = $2
WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2
RETURNING person_id
