-- Take or renew the lease; a taker raises the epoch. No row: another holds it.
-- name: take
INSERT INTO lease (name, holder, epoch, expires_at)
VALUES ($1, $2, 1, clock_timestamp() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, expires_at = excluded.expires_at,
    epoch = lease.epoch + (lease.holder <> excluded.holder OR lease.expires_at < clock_timestamp())::int
WHERE lease.holder = excluded.holder OR lease.expires_at < clock_timestamp()
RETURNING epoch

-- Give the lease back, so that the next one need not wait for its end.
-- name: release
UPDATE lease SET expires_at = clock_timestamp() WHERE name = $1 AND holder = $2
