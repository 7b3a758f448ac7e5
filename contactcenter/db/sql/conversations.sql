-- name: lock_open
SELECT * FROM conversation WHERE party_id = ANY ($1::bigint[]) AND state = 'open'
ORDER BY id FOR NO KEY UPDATE

-- name: reopen
UPDATE conversation SET state = 'open', close_reason = NULL, closed_at = NULL
WHERE id = ANY ($1::bigint[])
RETURNING *

-- name: open
INSERT INTO conversation (customer_id, party_id, opened_at)
SELECT party, party, $2 FROM unnest($1::bigint[]) AS n (party) ORDER BY party
RETURNING *

-- name: set_bot
UPDATE conversation c SET bot_id = n.bot
FROM unnest($1::bigint[], $2::bigint[]) AS n (id, bot) WHERE c.id = n.id

-- name: lock
SELECT * FROM conversation WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- name: close
UPDATE conversation SET state = 'closed', close_reason = $2, closed_at = $3
WHERE id = ANY ($1::bigint[]) AND state = 'open'

-- name: set_agent
UPDATE conversation SET last_agent_id = $2 WHERE id = $1

-- name: set_read
UPDATE conversation SET read_number = $2 WHERE id = $1 AND read_number < $2 RETURNING id

-- The way back: by the last words that came by the wanted connection, or by any.
-- name: way
SELECT i.connection_id, i.identity_id, n.channel, n.api_key_id AS key_id
FROM interaction i JOIN connection n ON n.id = i.connection_id
WHERE i.conversation_id = $1 AND i.direction <> 'internal' AND n.disabled_at IS NULL
    AND ($2::bigint IS NULL OR i.connection_id = $2)
ORDER BY i.direction = 'inbound' DESC, i.number DESC LIMIT 1
