-- name: commands
WITH gone AS (
    DELETE FROM command WHERE (person_id, id) IN (
        SELECT person_id, id FROM command WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- name: links
WITH gone AS (
    DELETE FROM one_time_link WHERE token_hash IN (
        SELECT token_hash FROM one_time_link WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- A session that a socket still names is left until the socket is gone.
-- name: sessions
WITH gone AS (
    DELETE FROM staff_session WHERE id IN (
        SELECT s.id FROM staff_session s
        WHERE least(s.expires_at, s.revoked_at) < $1
            AND NOT EXISTS (SELECT FROM socket k WHERE k.session_id = s.id)
        LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- name: log
WITH gone AS (
    DELETE FROM log WHERE seq IN (
        SELECT seq FROM log
        WHERE at < $1 AND seq <= (SELECT min(seq) FROM log_cursor) ORDER BY seq LIMIT $2
    ) RETURNING 1
)
SELECT count(*) FROM gone
