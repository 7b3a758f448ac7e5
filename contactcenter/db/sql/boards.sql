-- name: items
SELECT w.id AS item, w.state, w.agent_id AS agent, w.queue, w.channel,
       w.conversation_id AS conversation, w.weight, w.enqueued_at, o.agent_id AS offered_to
FROM work_item w LEFT JOIN offer o ON o.item_id = w.id AND o.state = 'pending'
WHERE w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup') ORDER BY w.id

-- name: agents
SELECT a.id, jsonb_build_object(
    'name', p.name, 'capacity', a.capacity,
    'presence', CASE WHEN a.gone_since IS NULL THEN a.presence ELSE 'offline' END,
    'reason', CASE WHEN a.gone_since IS NULL THEN a.presence_reason END,
    'since', coalesce(a.gone_since, a.presence_since)
) AS shown
FROM agent a JOIN person p ON p.id = a.id ORDER BY a.id

-- What ended on the last day on which anything did, in that time zone.
-- name: tallies
WITH last AS (
    SELECT max(ended_at AT TIME ZONE $1)::date AS day FROM queue_wait
    WHERE ended_at = (SELECT max(ended_at) FROM queue_wait)
)
SELECT last.day, q.queue, jsonb_build_object(
    'answered', count(*) FILTER (WHERE outcome = 'answered'),
    'answered_within', count(*) FILTER (WHERE outcome = 'answered' AND within),
    'abandoned', count(*) FILTER (WHERE outcome = 'abandoned'),
    'abandoned_within', count(*) FILTER (WHERE outcome = 'abandoned' AND within)
) AS tally
FROM last JOIN queue_wait q ON q.ended_at >= last.day::timestamp AT TIME ZONE $1
GROUP BY last.day, q.queue ORDER BY q.queue

-- name: decisions
SELECT id AS offer, made_at AS at, item_id AS item, queue, agent_id AS agent, sentence,
       state AS outcome
FROM offer ORDER BY id DESC LIMIT $1
