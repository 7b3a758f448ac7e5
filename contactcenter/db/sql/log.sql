-- The transaction's last call: takes the log's lock, and numbers the facts.
-- name: append
SELECT first_seq, waited_us, waited_us AS before_us FROM log_append($1::json[])

-- The same with timers before it.
-- name: end
SELECT first_seq, waited_us, before_us
FROM transaction_end($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::timestamptz[], $6::json[])

-- Every number below one that is visible here is visible too, or a hole: the lock made it so.
-- name: after
SELECT seq, fact FROM log WHERE seq > $1 ORDER BY seq LIMIT $2

-- name: last
SELECT coalesce(max(seq), 0) FROM log

-- name: ping
SELECT 1

-- The first number that is still kept.
-- name: oldest
SELECT coalesce(min(seq), 1) FROM log
