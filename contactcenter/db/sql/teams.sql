-- Administering is rare: one at a time, so that a name is free when it is said to be.
-- name: lock
LOCK TABLE team IN SHARE ROW EXCLUSIVE MODE

-- name: insert
INSERT INTO team (name, lead_id, created_at) VALUES ($1, $2, $3)
RETURNING id, name, lead_id AS lead, created_at, archived_at

-- name: change
UPDATE team SET name = $2, lead_id = $3, archived_at = $4 WHERE id = $1

-- name: read
SELECT id, name, lead_id AS lead, created_at, archived_at FROM team WHERE id = $1

-- Whether another that is not archived has that name, in whatever case.
-- name: taken
SELECT EXISTS (
    SELECT FROM team WHERE lower(name) = lower($1) AND id <> $2 AND archived_at IS NULL
)

-- name: has_members
SELECT EXISTS (SELECT FROM team_member WHERE team_id = $1)

-- Those who are agents, of all that were named.
-- name: agents
SELECT id FROM agent WHERE id = ANY ($1::bigint[])

-- name: join
INSERT INTO team_member (agent_id, team_id)
SELECT agent, $1 FROM unnest($2::bigint[]) AS agent ORDER BY agent
ON CONFLICT DO NOTHING
RETURNING agent_id

-- name: leave
DELETE FROM team_member WHERE team_id = $1 AND agent_id = ANY ($2::bigint[]) RETURNING agent_id

-- What a person leads who does not supervise any more.
-- name: led_by
SELECT id, name, lead_id AS lead, created_at, archived_at FROM team WHERE lead_id = $1 ORDER BY id

-- name: page
SELECT t.id, t.name, t.lead_id AS lead, p.name AS lead_name, t.created_at, t.archived_at,
       (SELECT count(*) FROM team_member m WHERE m.team_id = t.id) AS members
FROM team t LEFT JOIN person p ON p.id = t.lead_id
WHERE t.id > $1 ORDER BY t.id LIMIT $2

-- name: one
SELECT t.id, t.name, t.lead_id AS lead, p.name AS lead_name, t.created_at, t.archived_at,
       (SELECT count(*) FROM team_member m WHERE m.team_id = t.id) AS members
FROM team t LEFT JOIN person p ON p.id = t.lead_id WHERE t.id = $1

-- Of each of these people; those without a team have none here.
-- name: of_people
SELECT m.agent_id AS person, t.id, t.name
FROM team_member m JOIN team t ON t.id = m.team_id
WHERE m.agent_id = ANY ($1::bigint[]) ORDER BY m.agent_id, t.id
