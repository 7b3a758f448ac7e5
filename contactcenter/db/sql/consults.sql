-- None where that colleague is asked already.
-- name: ask
INSERT INTO consult (item_id, asked_by, agent_id, question, asked_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (item_id, agent_id) WHERE state <> 'ended' DO NOTHING
RETURNING id

-- name: read
SELECT c.*, w.conversation_id FROM consult c JOIN work_item w ON w.id = c.item_id WHERE c.id = $1

-- name: join
UPDATE consult SET state = 'joined', joined_at = $3 WHERE id = $1 AND agent_id = $2 AND state = 'asked'
RETURNING id

-- By either of the two.
-- name: end
UPDATE consult
SET state = 'ended', ended_at = $3,
    outcome = CASE WHEN asked_by = $2 THEN 'ended' WHEN state = 'asked' THEN 'declined' ELSE 'left' END
WHERE id = $1 AND (agent_id = $2 OR asked_by = $2) AND state <> 'ended'
RETURNING outcome

-- Once the item is locked: who is in stays in, unless they leave at this moment.
-- name: lock_joined
SELECT id FROM consult WHERE id = $1 AND state = 'joined' FOR NO KEY UPDATE

-- Those that are about these items; the items are locked.
-- name: lock_of_items
SELECT c.*, w.conversation_id FROM consult c JOIN work_item w ON w.id = c.item_id
WHERE c.item_id = ANY ($1::bigint[]) AND c.state <> 'ended' ORDER BY c.id FOR NO KEY UPDATE OF c

-- Those that these agents are asked into; the agents are locked.
-- name: lock_of_agents
SELECT c.*, w.conversation_id FROM consult c JOIN work_item w ON w.id = c.item_id
WHERE c.agent_id = ANY ($1::bigint[]) AND c.state <> 'ended' ORDER BY c.id FOR NO KEY UPDATE OF c

-- name: end_locked
UPDATE consult c SET state = 'ended', outcome = n.outcome, ended_at = $3
FROM unnest($1::bigint[], $2::text[]) AS n (id, outcome) WHERE c.id = n.id

-- What an agent has asked, and is asked.
-- name: of_agent
SELECT k.id, k.item_id AS item, v.id AS conversation, c.id AS customer, c.name AS customer_name, k.state,
       k.asked_by AS by, b.name AS by_name, k.agent_id AS agent, a.name AS agent_name, k.question,
       k.asked_at
FROM consult k
JOIN work_item w ON w.id = k.item_id
JOIN conversation v ON v.id = w.conversation_id
JOIN customer c ON c.id = v.party_id
JOIN person b ON b.id = k.asked_by
JOIN person a ON a.id = k.agent_id
WHERE k.id = ANY (ARRAY(
    SELECT id FROM consult WHERE asked_by = $1 AND state <> 'ended'
    UNION SELECT id FROM consult WHERE agent_id = $1 AND state <> 'ended'
))
ORDER BY k.id

-- Who asks, and who is asked.
-- name: people
SELECT b.name AS by_name, a.name AS agent_name, a.login AS agent_login
FROM person b, person a WHERE b.id = $1 AND a.id = $2 AND a.disabled_at IS NULL
