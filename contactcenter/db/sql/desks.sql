-- name: me
SELECT a.id, p.name, a.presence, a.presence_reason AS reason, a.presence_since AS since,
       a.skills, a.capacity, a.ceilings, a.undo_s
FROM agent a JOIN person p ON p.id = a.id WHERE a.id = $1

-- name: offers
SELECT o.id, w.id AS item, w.kind, w.conversation_id AS conversation, w.case_id AS "case",
       w.lead_id AS lead, c.id AS customer, w.queue, w.channel,
       o.expires_at, o.sentence,
       CASE WHEN o.explanation ? 'waited_us' THEN o.explanation END AS explanation, c.name AS customer_name, c.tier, c.value, k.severity,
       coalesce(said.text, k.subject, l.product, '') AS excerpt
FROM offer o
JOIN work_item w ON w.id = o.item_id
JOIN customer c ON c.id = w.customer_id
LEFT JOIN conversation v ON v.id = w.conversation_id
LEFT JOIN service_case k ON k.id = w.case_id
LEFT JOIN sales_lead l ON l.id = w.lead_id
LEFT JOIN LATERAL (
    SELECT left(text, 280) AS text FROM interaction i
    WHERE i.conversation_id = v.id AND i.direction = 'inbound' ORDER BY i.number DESC LIMIT 1
) said ON true
WHERE o.agent_id = $1 AND o.state = 'pending' ORDER BY o.id

-- name: items
SELECT w.id, w.kind, w.conversation_id AS conversation, w.case_id AS "case", w.lead_id AS lead,
       c.id AS customer, c.name AS customer_name, c.tier, c.value,
       w.state, w.queue, w.channel, w.epoch, w.weight < w.full_weight AS dormant, w.waiting_for,
       w.waiting_since, w.intent, coalesce(v.tags, '{}') AS tags,
       coalesce(v.read_number, 0) AS read_number,
       coalesce(k.subject, l.product) AS subject, k.severity, coalesce(k.state, l.state) AS stage,
       (SELECT due_at FROM timer WHERE kind = 'wrapup_end' AND subject = w.id) AS wrap_up_until
FROM work_item w
JOIN customer c ON c.id = w.customer_id
LEFT JOIN conversation v ON v.id = w.conversation_id
LEFT JOIN service_case k ON k.id = w.case_id
LEFT JOIN sales_lead l ON l.id = w.lead_id
WHERE w.agent_id = $1 AND w.state IN ('active', 'wrapup') ORDER BY w.id

-- The end of each conversation, in its order.
-- name: interactions
SELECT v.id AS conversation_id, to_jsonb(said) AS said
FROM unnest($1::bigint[]) AS v (id)
CROSS JOIN LATERAL (
    SELECT i.id, i.number, i.position, i.kind, i.direction, i.channel, i.author_kind, i.author_id,
           i.identity_id, i.connection_id, i.text, i.parts, i.delivery, i.occurred_at,
           i.received_at, i.request_id
    FROM interaction i WHERE i.conversation_id = v.id ORDER BY i.number DESC LIMIT $2
) said
ORDER BY v.id, said.number
