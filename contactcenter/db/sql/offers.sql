-- name: insert
INSERT INTO offer (
    item_id, agent_id, made_at, expires_at, sentence, explanation, rulebook_version, queue
)
SELECT item_id, agent_id, $6, expires_at, sentence, explanation, $7, queue
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::jsonb[], $8::text[])
    AS o (item_id, agent_id, expires_at, sentence, explanation, queue)
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

-- What an offer shows beside the item: who the customer is, and their last words.
-- name: shown
SELECT w.id AS item_id, v.bot_id, c.name, c.tier, c.value, coalesce(said.text, '') AS excerpt
FROM work_item w
JOIN conversation v ON v.id = w.conversation_id
JOIN customer c ON c.id = v.party_id
LEFT JOIN LATERAL (
    SELECT left(text, 280) AS text FROM interaction i
    WHERE i.conversation_id = v.id AND i.direction = 'inbound' ORDER BY i.number DESC LIMIT 1
) said ON true
WHERE w.id = ANY ($1::bigint[])

-- name: explained
SELECT id AS offer, made_at AS at, item_id AS item, queue, agent_id AS agent, sentence,
       state AS outcome, reason, ended_at, rulebook_version, explanation
FROM offer
WHERE id < $1 AND ($2::bigint IS NULL OR item_id = $2)
ORDER BY id DESC LIMIT $3
