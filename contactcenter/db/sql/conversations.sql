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

-- The way back: by the customer's last words in any of their conversations, or by ours in one where
-- they have said nothing; by the wanted connection, or by any. Read backwards by identity, it costs the
-- same after years.
-- name: ways
SELECT w.place, way.connection_id, way.identity_id, way.channel, way.key_id
FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS w (conversation_id, wanted, place)
CROSS JOIN LATERAL (
    WITH RECURSIVE family AS (
        SELECT party_id AS id FROM conversation WHERE id = w.conversation_id
        UNION ALL
        SELECT c.id FROM family f
        CROSS JOIN LATERAL (SELECT id FROM customer WHERE merged_into = f.id ORDER BY id) c
    )
    SELECT last.connection_id, d.id AS identity_id, last.channel, last.key_id
    FROM identity d
    CROSS JOIN LATERAL (
        SELECT i.connection_id, i.position, n.channel, n.api_key_id AS key_id
        FROM interaction i JOIN connection n ON n.id = i.connection_id
        WHERE i.identity_id = d.id AND i.kind IN ('message', 'reminder') AND n.disabled_at IS NULL
            AND (w.wanted IS NULL OR i.connection_id = w.wanted)
            AND (i.direction = 'inbound'
                OR i.direction = 'outbound' AND i.conversation_id = w.conversation_id
                AND NOT EXISTS (
                    SELECT FROM interaction
                    WHERE conversation_id = w.conversation_id AND direction = 'inbound'))
        ORDER BY i.position DESC LIMIT 1
    ) last
    WHERE d.customer_id = ANY (ARRAY(SELECT id FROM family))
    ORDER BY last.position DESC LIMIT 1
) way
