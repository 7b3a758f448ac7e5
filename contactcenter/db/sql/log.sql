-- The transaction's last call: takes the log's lock, and numbers the facts.
-- name: append
SELECT first_seq, waited_us FROM log_append($1::json[])

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
