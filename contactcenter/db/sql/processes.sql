-- A process says that it is alive. One that comes back after its lease has lost its sockets.
-- name: renew
INSERT INTO process (id, started_at, expires_at)
VALUES ($1, clock_timestamp(), clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at

-- Processes that are dead and have no sockets left.
-- name: bury
DELETE FROM process p WHERE p.expires_at <= clock_timestamp() - interval '1 minute'
    AND NOT EXISTS (SELECT FROM socket s WHERE s.process_id = p.id)

-- name: leave
UPDATE process SET expires_at = clock_timestamp() WHERE id = $1

-- No row: the lease had ended, and the sockets with it.
-- name: renew_living
UPDATE process SET expires_at = clock_timestamp() + make_interval(secs => $2)
WHERE id = $1 AND expires_at > clock_timestamp() RETURNING true
