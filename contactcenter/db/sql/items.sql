-- name: lock_live
SELECT * FROM work_item
WHERE conversation_id = ANY ($1::bigint[]) AND kind = 'conversation'
    AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
ORDER BY id FOR NO KEY UPDATE

-- name: open
INSERT INTO work_item (
    conversation_id, customer_id, kind, state, queue, channel, weight, full_weight, requirement,
    enqueued_at, head_start_us, head_start_words, sticky_agent_id, sticky_until, bot_id,
    waiting_for, waiting_since, rulebook_version, opened_at, case_id, lead_id, asked
)
SELECT conversation_id, customer_id,
       CASE WHEN case_id IS NOT NULL THEN 'case' WHEN lead_id IS NOT NULL THEN 'lead'
            ELSE 'conversation' END,
       state, queue, channel, weight, weight,
       requirement, $14, head_start_us, head_start_words, sticky_agent_id, sticky_until, bot_id,
       'us', $14, $13, $14, case_id, lead_id, asked
FROM unnest(
    $1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::jsonb[],
    $8::bigint[], $9::jsonb[], $10::bigint[], $11::timestamptz[], $12::bigint[],
    $15::bigint[], $16::bigint[], $17::jsonb[]
) AS n (conversation_id, customer_id, state, queue, channel, weight, requirement, head_start_us,
        head_start_words, sticky_agent_id, sticky_until, bot_id, case_id, lead_id, asked)
RETURNING *

-- A transition: all that may change, guarded by the state and epoch that were read.
-- name: save
UPDATE work_item w
SET state = n.state, epoch = n.epoch, queue = n.queue, weight = n.weight,
    requirement = n.requirement, enqueued_at = n.enqueued_at, head_start_us = n.head_start_us,
    head_start_words = n.head_start_words, sticky_agent_id = n.sticky_agent_id,
    sticky_until = n.sticky_until, agent_id = n.agent_id, bot_id = n.bot_id,
    waiting_for = n.waiting_for, waiting_since = n.waiting_since, reminded_at = n.reminded_at,
    intent = n.intent, disposition = n.disposition, accepted_at = n.accepted_at,
    ended_at = n.ended_at, passed_on_by = n.passed_on_by, asked = n.asked,
    full_weight = n.full_weight
FROM unnest(
    $1::bigint[], $2::text[], $3::integer[], $4::text[], $5::integer[], $6::text[], $7::integer[],
    $8::jsonb[], $9::timestamptz[], $10::bigint[], $11::jsonb[], $12::bigint[], $13::timestamptz[],
    $14::bigint[], $15::bigint[], $16::text[], $17::timestamptz[], $18::timestamptz[], $19::text[],
    $20::text[], $21::timestamptz[], $22::timestamptz[], $23::bigint[], $24::jsonb[], $25::integer[]
) AS n (id, was_state, was_epoch, state, epoch, queue, weight, requirement, enqueued_at,
        head_start_us, head_start_words, sticky_agent_id, sticky_until, agent_id, bot_id,
        waiting_for, waiting_since, reminded_at, intent, disposition, accepted_at, ended_at, passed_on_by, asked,
        full_weight)
WHERE w.id = n.id AND w.state = n.was_state AND w.epoch = n.was_epoch
RETURNING w.id

-- name: hold
SELECT conversations, cases, leads, items, offers FROM work_hold($1, $2, $3)

-- name: owners
SELECT DISTINCT agent_id FROM work_item
WHERE customer_id = ANY ($1::bigint[]) AND state IN ('active', 'wrapup') ORDER BY agent_id

-- name: of_agents
SELECT id FROM work_item WHERE agent_id = ANY ($1::bigint[]) AND state IN ('active', 'wrapup')

-- Work that has not ended on any of these conversations, cases and leads, by id.
-- name: lock_of_subjects
WITH found AS MATERIALIZED (
    SELECT id FROM work_item WHERE conversation_id = ANY ($1::bigint[]) AND kind = 'conversation'
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
    UNION ALL
    SELECT id FROM work_item WHERE case_id = ANY ($2::bigint[])
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
    UNION ALL
    SELECT id FROM work_item WHERE lead_id = ANY ($3::bigint[])
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
)
SELECT * FROM work_item WHERE id = ANY (ARRAY(SELECT id FROM found))
    AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
ORDER BY id FOR NO KEY UPDATE

-- name: read_live
SELECT * FROM work_item
WHERE conversation_id = ANY ($1::bigint[]) AND kind = 'conversation'
    AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
