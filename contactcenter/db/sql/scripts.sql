-- name: begin
INSERT INTO script_run (item_id, script, version, node, begun_by, begun_at, done_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING *

-- name: read
SELECT * FROM script_run WHERE id = $1

-- The one that is running, or else the last.
-- name: of_item
SELECT * FROM script_run WHERE item_id = $1 ORDER BY id DESC LIMIT 1

-- Guarded by the step that was read.
-- name: move
UPDATE script_run SET node = $3, path = $4, answers = $5, step = step + 1, done_at = $6
WHERE id = $1 AND step = $2 RETURNING *

-- name: item
SELECT * FROM work_item WHERE id = $1

-- name: conversation
SELECT * FROM conversation WHERE id = $1

-- name: customer
SELECT * FROM customer WHERE id = $1

-- name: verified
SELECT verified FROM identity WHERE id = $1
