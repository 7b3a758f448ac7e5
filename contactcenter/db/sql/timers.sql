-- Of these, what is due by the database's clock; the last lock before the log's.
-- name: lock_due
SELECT subject, generation FROM timer
WHERE kind = $1 AND subject = ANY ($2::bigint[]) AND due_at <= clock_timestamp() AND parked_at IS NULL
ORDER BY subject FOR UPDATE

-- name: moment
SELECT statement_timestamp()

-- What falls due from a moment on and within so many seconds, oldest first, and in how many; less than
-- none is late. The clock is that of the statement, which the index can be asked by: one that runs on cannot.
-- name: upcoming
SELECT kind, subject, generation, attempts,
       extract(epoch FROM due_at - statement_timestamp())::float8 AS wait_s
FROM timer
WHERE due_at >= $1 AND due_at <= statement_timestamp() + make_interval(secs => $2)
    AND parked_at IS NULL
ORDER BY due_at LIMIT $3

-- What was due before that moment.
-- name: backlog
SELECT kind, subject, generation, attempts,
       extract(epoch FROM due_at - statement_timestamp())::float8 AS wait_s
FROM timer WHERE due_at < $1 AND parked_at IS NULL
ORDER BY due_at LIMIT $2

-- name: parked
SELECT kind, subject, parked_at, attempts, last_error FROM timer
WHERE parked_at IS NOT NULL ORDER BY parked_at, kind, subject LIMIT $1

-- name: retry
UPDATE timer SET parked_at = NULL, attempts = 0, due_at = clock_timestamp(),
    generation = nextval('timer_generation')
WHERE kind = $1 AND subject = $2 AND parked_at IS NOT NULL
RETURNING subject

-- A timer that failed comes again later, or is parked for a person to see.
-- name: push_back
UPDATE timer SET attempts = attempts + 1, last_error = $4,
    due_at = clock_timestamp() + make_interval(secs => $5),
    parked_at = CASE WHEN $6 THEN clock_timestamp() END
WHERE kind = $1 AND subject = $2 AND generation = $3
RETURNING subject
