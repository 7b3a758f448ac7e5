-- name: insert
INSERT INTO queue_wait (item_id, epoch, queue, outcome, enqueued_at, ended_at, within)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- Where conversations stand in the queues in which they wait, and how many were answered there since $2.
-- name: places
WITH asked AS (
    SELECT id, queue FROM work_item
    WHERE conversation_id = ANY ($1::bigint[]) AND kind = 'conversation'
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
        AND state IN ('queued', 'offered')
), waiting AS (
    SELECT w.id, w.conversation_id, w.queue, w.enqueued_at, row_number() OVER (
        PARTITION BY w.queue
        ORDER BY w.enqueued_at - w.head_start_us * interval '1 microsecond', w.id
    ) AS position
    FROM work_item w
    WHERE w.state IN ('queued', 'offered') AND w.queue IN (SELECT queue FROM asked)
), pace AS (
    SELECT queue, count(*) AS answered FROM queue_wait
    WHERE ended_at > $2 AND outcome = 'answered' GROUP BY queue
)
SELECT waiting.conversation_id AS conversation, waiting.position, coalesce(pace.answered, 0) AS answered,
       waiting.queue, waiting.enqueued_at
FROM asked JOIN waiting ON waiting.id = asked.id LEFT JOIN pace ON pace.queue = waiting.queue
ORDER BY waiting.id
