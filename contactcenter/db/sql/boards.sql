-- name: items
SELECT w.id AS item, w.state, w.agent_id AS agent, w.queue, w.channel,
       w.kind, w.conversation_id AS conversation, w.case_id AS "case", w.lead_id AS lead, w.weight,
       w.enqueued_at, o.agent_id AS offered_to
FROM work_item w LEFT JOIN offer o ON o.item_id = w.id AND o.state = 'pending'
WHERE w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup') ORDER BY w.id

-- Those that are not resolved. The states are written out for the index.
-- name: cases
SELECT id, queue, severity, state FROM service_case
WHERE state IN ('new', 'open', 'pending_customer', 'pending_third_party') ORDER BY id

-- name: agents
SELECT a.id, jsonb_build_object(
    'name', p.name, 'capacity', a.capacity, 'queues', a.queues, 'skills', a.skills,
    'presence', CASE WHEN a.gone_since IS NULL THEN a.presence ELSE 'offline' END,
    'reason', CASE WHEN a.gone_since IS NULL THEN a.presence_reason END,
    'since', coalesce(a.gone_since, a.presence_since),
    'teams', ARRAY(SELECT team_id FROM team_member m WHERE m.agent_id = a.id ORDER BY team_id)
) AS shown
FROM agent a JOIN person p ON p.id = a.id ORDER BY a.id

-- name: teams
SELECT id, jsonb_build_object('name', name, 'lead', lead_id) AS shown FROM team
WHERE archived_at IS NULL ORDER BY id

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
SELECT o.id AS offer, o.made_at AS at, o.item_id AS item, o.queue, w.channel, o.agent_id AS agent,
       o.sentence, o.state AS outcome,
       CASE WHEN o.explanation ? 'waited_us' THEN o.explanation END AS explanation
FROM offer o JOIN work_item w ON w.id = o.item_id ORDER BY o.id DESC LIMIT $1

-- The items behind a number, with whom they are for; whoever waits longest first. The states are
-- written out for the index.
-- name: behind
SELECT w.id AS item, w.state, w.queue, w.channel, w.kind, w.conversation_id AS conversation,
       w.case_id AS "case", w.lead_id AS lead,
       c.id AS customer, c.name AS customer_name, c.tier, c.value, w.enqueued_at, w.waiting_for,
       w.waiting_since, w.weight, w.agent_id AS agent, o.agent_id AS offered_to,
       coalesce(said.text, k.subject, l.product, '') AS excerpt
FROM work_item w
JOIN customer c ON c.id = w.customer_id
LEFT JOIN conversation v ON v.id = w.conversation_id
LEFT JOIN service_case k ON k.id = w.case_id
LEFT JOIN sales_lead l ON l.id = w.lead_id
LEFT JOIN offer o ON o.item_id = w.id AND o.state = 'pending'
LEFT JOIN LATERAL (
    SELECT left(text, 280) AS text FROM interaction i
    WHERE i.conversation_id = v.id AND i.direction = 'inbound' ORDER BY i.number DESC LIMIT 1
) said ON true
WHERE w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup') AND w.state = ANY ($1::text[])
    AND ($2::text IS NULL OR w.queue = $2)
    AND ($3::text IS NULL OR w.channel = $3)
    AND ($4::bigint IS NULL OR w.agent_id = $4 OR o.agent_id = $4)
    AND ($5::bigint IS NULL OR EXISTS (
        SELECT FROM team_member m WHERE m.team_id = $5 AND m.agent_id IN (w.agent_id, o.agent_id)
    ))
ORDER BY w.enqueued_at, w.id OFFSET $6 LIMIT $7

-- An accepted offer ends at the moment at which the wait does.
-- name: waits
SELECT q.item_id AS item, q.epoch, q.queue, w.channel, w.kind,
       w.conversation_id AS conversation, w.case_id AS "case", w.lead_id AS lead,
       c.id AS customer, c.name AS customer_name, q.outcome, q.within, q.enqueued_at, q.ended_at,
       took.agent_id AS agent
FROM queue_wait q
JOIN work_item w ON w.id = q.item_id
LEFT JOIN conversation v ON v.id = w.conversation_id
LEFT JOIN service_case k ON k.id = w.case_id
LEFT JOIN sales_lead l ON l.id = w.lead_id
JOIN customer c ON c.id = coalesce(v.party_id, k.party_id, l.party_id)
LEFT JOIN LATERAL (
    SELECT agent_id FROM offer o
    WHERE o.item_id = q.item_id AND o.state = 'accepted' AND o.ended_at = q.ended_at LIMIT 1
) took ON true
WHERE q.ended_at >= $1 AND q.ended_at < $2
    AND ($3::text IS NULL OR q.queue = $3)
    AND ($4::text IS NULL OR w.channel = $4)
    AND ($5::text IS NULL OR q.outcome = $5)
    AND ($6::boolean IS NULL OR q.within = $6)
ORDER BY q.ended_at DESC, q.item_id DESC, q.epoch DESC OFFSET $7 LIMIT $8

-- name: trend
SELECT q.queue, date_bin($1::interval, q.ended_at, $2::timestamptz) AS at,
       count(*) FILTER (WHERE q.outcome = 'answered') AS answered,
       count(*) FILTER (WHERE q.outcome = 'answered' AND q.within) AS answered_within,
       count(*) FILTER (WHERE q.outcome = 'abandoned') AS abandoned,
       EXTRACT(epoch FROM max(q.ended_at - q.enqueued_at))::float8 AS longest_wait_s,
       EXTRACT(epoch FROM sum(q.ended_at - q.enqueued_at))::float8 AS waited_s
FROM queue_wait q
WHERE q.ended_at >= $3 AND q.ended_at <= $4
    AND ($5::text IS NULL
        OR EXISTS (SELECT FROM work_item w WHERE w.id = q.item_id AND w.channel = $5))
GROUP BY 1, 2 ORDER BY 2, 1
