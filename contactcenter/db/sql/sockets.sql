-- name: open
INSERT INTO socket (process_id, agent_id, session_id, opened_at) VALUES ($1, $2, $3, $4) RETURNING id

-- name: agent
SELECT agent_id FROM socket WHERE id = $1

-- name: close
DELETE FROM socket WHERE id = ANY ($1::bigint[])

-- Read after the agents' rows are locked: who still has a socket in a living process.
-- name: present
SELECT DISTINCT s.agent_id FROM socket s JOIN process p ON p.id = s.process_id
WHERE s.agent_id = ANY ($1::bigint[]) AND p.expires_at > clock_timestamp()

-- name: of_dead_processes
SELECT s.id, s.agent_id FROM socket s JOIN process p ON p.id = s.process_id
WHERE p.expires_at <= clock_timestamp()

-- Sockets of a process, but for those that it knows of.
-- name: of_process_but
SELECT id, agent_id FROM socket WHERE process_id = $1 AND id <> ALL ($2::bigint[]) ORDER BY id
