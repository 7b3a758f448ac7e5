-- name: connection
SELECT id, name, channel, origins, secrets FROM connection WHERE name = $1 AND disabled_at IS NULL

-- Whether a page of this origin may call at all; which connection it may use is asked later.
-- name: origin
SELECT EXISTS (
    SELECT FROM connection
    WHERE channel IN ('web', 'mobile') AND disabled_at IS NULL AND $1 = ANY (origins)
)

-- name: begin
INSERT INTO visitor_session (
    token_hash, connection_id, scheme, scope, value, verified, joined, context, created_at, expires_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', $8, $9)
RETURNING id

-- name: earlier
SELECT id, scheme, scope, value, verified, joined FROM visitor_session
WHERE token_hash = $1 AND connection_id = $2 AND ended_at IS NULL AND expires_at > $3

-- name: end
UPDATE visitor_session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING id

-- Accounts of a customer and of those who were merged into them.
-- name: accounts
WITH RECURSIVE family AS (
    SELECT $1::bigint AS id
    UNION ALL
    SELECT c.id FROM customer c JOIN family f ON c.merged_into = f.id
)
SELECT i.value FROM identity i JOIN family f ON i.customer_id = f.id
WHERE i.scheme = 'account' AND i.scope = ''

-- A signed address is the customer's, unless somebody else is known by it.
-- name: add_identity
INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
VALUES ($1, '', $2, $3, true, $4)
ON CONFLICT ON CONSTRAINT identity_key DO NOTHING
RETURNING id

-- name: keep_context
UPDATE visitor_session SET context = $2 WHERE id = $1 AND ended_at IS NULL

-- name: identities
SELECT i.id FROM unnest($1::text[], $2::text[], $3::text[]) AS k (scheme, scope, value)
JOIN identity i USING (scheme, scope, value)

-- What was said by or to these identities, in order.
-- name: after
SELECT i.id, i.position, i.conversation_id AS conversation, i.number, i.author_kind AS author,
       coalesce(p.name, k.name) AS name, i.text, i.parts, i.delivery, i.received_at AS at
FROM (
    SELECT * FROM interaction
    WHERE identity_id = ANY ($1::bigint[]) AND position > $2 AND kind IN ('message', 'reminder')
    ORDER BY position LIMIT $3
) i
LEFT JOIN person p ON i.author_kind = 'agent' AND p.id = i.author_id
LEFT JOIN api_key k ON i.author_kind = 'bot' AND k.id = i.author_id
ORDER BY i.position

-- The newest of it before a position, newest first.
-- name: newest
SELECT i.id, i.position, i.conversation_id AS conversation, i.number, i.author_kind AS author,
       coalesce(p.name, k.name) AS name, i.text, i.parts, i.delivery, i.received_at AS at
FROM (
    SELECT * FROM interaction
    WHERE identity_id = ANY ($1::bigint[]) AND position < $3 AND kind IN ('message', 'reminder')
    ORDER BY position DESC LIMIT $2
) i
LEFT JOIN person p ON i.author_kind = 'agent' AND p.id = i.author_id
LEFT JOIN api_key k ON i.author_kind = 'bot' AND k.id = i.author_id
ORDER BY i.position DESC

-- The conversation that these identities last took part in. What an agent has, or had to the end, has
-- reached them whole; of what nobody has, what was there before somebody last answered.
-- name: current
SELECT v.id, v.state = 'open' AS open, v.read_number AS read, p.name AS agent,
       CASE WHEN (SELECT agent_id FROM work_item newest
                  WHERE newest.conversation_id = v.id AND newest.kind = 'conversation'
                  ORDER BY id DESC LIMIT 1) IS NOT NULL
            THEN v.last_number
            ELSE greatest(v.read_number, (
                SELECT number - 1 FROM interaction
                WHERE conversation_id = v.id AND kind = 'message' AND author_kind IN ('agent', 'bot')
                ORDER BY number DESC LIMIT 1))
       END AS delivered
FROM conversation v
LEFT JOIN work_item w ON w.conversation_id = v.id AND w.kind = 'conversation' AND w.state = 'active'
LEFT JOIN person p ON p.id = w.agent_id
WHERE v.id = (
    SELECT conversation_id FROM interaction
    WHERE identity_id = ANY ($1::bigint[]) AND kind IN ('message', 'reminder')
    ORDER BY position DESC LIMIT 1
)

-- Up to which number they have reached the agents who have them.
-- name: reached
SELECT v.id AS conversation, v.last_number AS up_to
FROM work_item w JOIN conversation v ON v.id = w.conversation_id
WHERE w.conversation_id = ANY ($1::bigint[]) AND w.kind = 'conversation' AND w.state = 'active'

-- The names that customers see.
-- name: names
SELECT 'agent' AS kind, id, name FROM person
UNION ALL
SELECT 'bot' AS kind, id, name FROM api_key

-- Only upwards: what comes late never takes a state back.
-- name: confirm
UPDATE interaction i SET delivery = c.delivery
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[])
    AS c (conversation_id, identity_id, up_to, delivery)
WHERE i.conversation_id = c.conversation_id AND i.identity_id = c.identity_id
    AND i.number <= c.up_to AND i.direction = 'outbound'
    AND array_position(ARRAY['queued', 'accepted', 'sent', 'delivered', 'read'], i.delivery)
        < array_position(ARRAY['queued', 'accepted', 'sent', 'delivered', 'read'], c.delivery)
RETURNING i.conversation_id, i.identity_id, i.number, i.delivery
