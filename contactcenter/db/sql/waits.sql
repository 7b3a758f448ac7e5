-- name: insert
INSERT INTO queue_wait (item_id, epoch, queue, outcome, enqueued_at, ended_at, within)
VALUES ($1, $2, $3, $4, $5, $6, $7)
