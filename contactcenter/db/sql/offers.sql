-- Locked items that wait are offered, with the weight that they have now.
-- name: make
WITH proposed AS (
    SELECT * FROM unnest(
        $1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::jsonb[], $6::text[], $7::integer[]
    ) AS p (item_id, agent_id, expires_at, sentence, explanation, queue, weight)
), offered AS (
    UPDATE work_item w SET state = 'offered', weight = p.weight, full_weight = p.weight
    FROM proposed p WHERE w.id = p.item_id AND w.id = ANY ($1::bigint[]) AND w.state = 'queued'
)
INSERT INTO offer (
    item_id, agent_id, made_at, expires_at, sentence, explanation, rulebook_version, queue
)
SELECT item_id, agent_id, $8, expires_at, sentence, explanation, $9, queue FROM proposed
RETURNING id, item_id, agent_id, state, reason, made_at, expires_at, ended_at, excluded_until, sentence

-- name: read
SELECT id, item_id, agent_id, state, reason, made_at, expires_at, ended_at, excluded_until, sentence
FROM offer WHERE id = ANY ($1::bigint[]) ORDER BY id

-- name: lock
SELECT id, item_id, agent_id, state, reason, made_at, expires_at, ended_at, excluded_until, sentence
FROM offer WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- name: lock_pending_of_items
SELECT id, item_id, agent_id, state, reason, made_at, expires_at, ended_at, excluded_until, sentence
FROM offer WHERE item_id = ANY ($1::bigint[]) AND state = 'pending' ORDER BY id FOR NO KEY UPDATE

-- name: pending_of_agents
SELECT id, item_id, agent_id, state, reason, made_at, expires_at, ended_at, excluded_until, sentence
FROM offer WHERE agent_id = ANY ($1::bigint[]) AND state = 'pending' ORDER BY id

-- name: end
UPDATE offer SET state = $2, reason = $3, ended_at = $4, excluded_until = $5
WHERE id = ANY ($1::bigint[]) AND state = 'pending'

-- All that accepting changes beside the item: the offer ends and so does the wait in the queue, the
-- agent's clock and row of misses begin anew, and the conversation has an agent.
-- name: accept
WITH taken AS (
    SELECT * FROM unnest(
        $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::text[],
        $7::timestamptz[], $8::boolean[]
    ) AS t (offer_id, agent_id, conversation_id, item_id, epoch, queue, enqueued_at, within)
), ended AS (
    UPDATE offer SET state = 'accepted', ended_at = $9
    WHERE id = ANY ($1::bigint[]) AND state = 'pending'
), waited AS (
    INSERT INTO queue_wait (item_id, epoch, queue, outcome, enqueued_at, ended_at, within)
    SELECT item_id, epoch, queue, 'answered', enqueued_at, $9, within FROM taken
), took AS (
    UPDATE agent SET idle_since = $9, misses = 0 WHERE id = ANY ($2::bigint[])
)
UPDATE conversation v SET last_agent_id = t.agent_id FROM taken t
WHERE v.id = t.conversation_id AND v.id = ANY ($3::bigint[])

-- name: hold
SELECT leads, items, agents, carried, shown FROM offer_hold($1, $2, $3)

-- What an earlier version decided is explained by its sentence only: its parts were words.
-- name: explained
SELECT id AS offer, made_at AS at, item_id AS item, queue, agent_id AS agent, sentence,
       state AS outcome, reason, ended_at, rulebook_version,
       CASE WHEN explanation ? 'waited_us' THEN explanation END AS explanation
FROM offer
WHERE id < $1 AND ($2::bigint IS NULL OR item_id = $2)
ORDER BY id DESC LIMIT $3
