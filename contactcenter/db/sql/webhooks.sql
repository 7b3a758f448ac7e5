-- One process reads at a time: whoever finds the row locked leaves it to the other.
-- name: lock_cursor
SELECT seq FROM log_cursor WHERE reader = 'webhooks' FOR UPDATE SKIP LOCKED

-- name: page_end
SELECT coalesce(max(seq), $1) AS last, count(*) AS facts
FROM (SELECT seq FROM log WHERE seq > $1 ORDER BY seq LIMIT $2) AS page

-- What may concern a bot. A fact without one has no such field, and is not even sent to us; inside
-- a text the quotes are escaped.
-- name: page
SELECT seq, at, fact FROM log
WHERE seq > $1 AND seq <= $2 AND (fact::text LIKE '%"bot":%' OR fact::text LIKE '%"via":%')
ORDER BY seq

-- name: move_cursor
UPDATE log_cursor SET seq = $1 WHERE reader = 'webhooks'

-- name: listening
SELECT id FROM api_key
WHERE id = ANY ($1::bigint[]) AND webhook_url IS NOT NULL AND revoked_at IS NULL

-- name: identities
SELECT id, scheme, scope, value FROM identity WHERE id = ANY ($1::bigint[])

-- Make room for so many more events in each stream; returns the number of the last of them. A
-- stream in which nothing was pending begins with the first of them, at once.
-- name: extend
INSERT INTO webhook_stream AS s (
    api_key_id, conversation_id, last_number, head_number, due_at
)
SELECT api_key_id, conversation_id, count, 1, $4
FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS n (api_key_id, conversation_id, count)
ORDER BY api_key_id, conversation_id
ON CONFLICT (api_key_id, conversation_id) DO UPDATE SET
    last_number = s.last_number + excluded.last_number,
    head_number = coalesce(s.head_number, s.last_number + 1),
    due_at = CASE WHEN s.head_number IS NULL THEN excluded.due_at ELSE s.due_at END
RETURNING api_key_id, conversation_id, last_number

-- name: insert
INSERT INTO webhook_event (
    api_key_id, conversation_id, number, type, at, data, interaction_id, pending_since
)
SELECT *, $8 FROM unnest(
    $1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::timestamptz[], $6::json[],
    $7::bigint[]
)

-- The due heads, of each key at most its room: a key that many wait for hides no other.
-- name: claim
WITH due AS (
    SELECT s.* FROM api_key k
    LEFT JOIN unnest($5::bigint[], $6::integer[]) AS r (api_key_id, room) ON r.api_key_id = k.id
    CROSS JOIN LATERAL (
        SELECT api_key_id, conversation_id, head_number, delivered_number, due_at
        FROM webhook_stream
        WHERE api_key_id = k.id AND head_number IS NOT NULL AND due_at <= $1
        ORDER BY due_at LIMIT coalesce(r.room, $4)
        FOR NO KEY UPDATE SKIP LOCKED
    ) AS s
    WHERE k.webhook_url IS NOT NULL AND k.revoked_at IS NULL
    ORDER BY s.due_at LIMIT $3
)
UPDATE webhook_stream s SET due_at = $2, lease_until = $2
FROM due
JOIN webhook_event e ON e.api_key_id = due.api_key_id
    AND e.conversation_id = due.conversation_id AND e.number = due.head_number
JOIN api_key k ON k.id = due.api_key_id
WHERE s.api_key_id = due.api_key_id AND s.conversation_id = due.conversation_id
RETURNING e.id, e.api_key_id, e.conversation_id, e.number, e.type, e.at, e.data, e.interaction_id,
          e.attempts, e.pending_since, due.delivered_number, s.lease_until, k.webhook_url AS url,
          array_remove(ARRAY[k.webhook_secret, CASE WHEN k.webhook_secret_former_until > $1
              THEN k.webhook_secret_former END], NULL) AS secrets

-- name: lock_conversations
SELECT id FROM conversation WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- Which of these are still ours: a lease that another has taken since has another end.
-- name: lock_leased
SELECT n.place FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[])
    WITH ORDINALITY AS n (api_key_id, conversation_id, lease_until, place)
JOIN webhook_stream s USING (api_key_id, conversation_id, lease_until)
ORDER BY s.api_key_id, s.conversation_id FOR NO KEY UPDATE OF s

-- The last error is kept where the event arrives after all.
-- name: settle_events
UPDATE webhook_event e
SET state = n.state, attempts = e.attempts + 1, last_error = coalesce(n.error, e.last_error),
    delivered_at = CASE WHEN n.state = 'delivered' THEN n.at END
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[]) AS n (id, state, error, at)
WHERE e.id = n.id

-- The head is again the oldest that is pending; where that is another now, it is due at once.
-- name: settle_streams
UPDATE webhook_stream s
SET head_number = head.number, lease_until = NULL,
    due_at = CASE WHEN head.number = n.number THEN n.due_at ELSE n.at END,
    delivered_number = CASE WHEN n.state = 'delivered'
        THEN greatest(s.delivered_number, n.number) ELSE s.delivered_number END
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::timestamptz[],
            $6::timestamptz[])
    AS n (api_key_id, conversation_id, number, state, at, due_at)
CROSS JOIN LATERAL (
    SELECT min(number) AS number FROM webhook_event e
    WHERE e.api_key_id = n.api_key_id AND e.conversation_id = n.conversation_id
        AND e.state = 'pending'
) AS head
WHERE s.api_key_id = n.api_key_id AND s.conversation_id = n.conversation_id

-- What left by the key's own connection is accepted, or has failed. A failure is final, unless a
-- person had it sent again.
-- name: settle_interactions
UPDATE interaction i SET delivery = n.delivery
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS n (id, api_key_id, delivery)
JOIN connection c USING (api_key_id), conversation v
WHERE i.id = n.id AND c.id = i.connection_id AND v.id = i.conversation_id
    AND (i.delivery = 'queued' OR (i.delivery = 'failed' AND n.delivery = 'accepted'))
RETURNING i.conversation_id, i.identity_id, i.number, i.delivery, v.bot_id,
    ARRAY(SELECT w.agent_id FROM work_item w WHERE w.conversation_id = i.conversation_id
          AND w.state IN ('active', 'wrapup') AND w.agent_id IS NOT NULL) AS agents

-- name: lock_stream
SELECT s.last_number FROM webhook_event e
JOIN webhook_stream s USING (api_key_id, conversation_id)
WHERE e.id = $1 FOR NO KEY UPDATE OF s

-- name: unpark
UPDATE webhook_event SET state = 'pending', attempts = 0, pending_since = $2
WHERE id = $1 AND state = 'parked'
RETURNING id

-- While the head is being sent, it stays the head: settling it finds the older one.
-- name: put_first
UPDATE webhook_stream s SET head_number = e.number, due_at = $2
FROM webhook_event e
WHERE e.id = $1 AND s.api_key_id = e.api_key_id AND s.conversation_id = e.conversation_id
    AND (s.head_number IS NULL OR s.head_number > e.number)
    AND (s.lease_until IS NULL OR s.lease_until <= $2)

-- name: by_state
SELECT e.id, e.api_key_id AS key, e.conversation_id AS conversation, e.number, e.type, e.at,
       e.state, e.attempts, e.pending_since, e.delivered_at, e.last_error
FROM webhook_event e
WHERE e.state = $1 AND e.id > $2 AND ($3::bigint IS NULL OR e.api_key_id = $3)
ORDER BY e.id LIMIT $4

-- name: by_id
SELECT e.id, e.api_key_id AS key, e.conversation_id AS conversation, e.number, e.type, e.at,
       e.state, e.attempts, e.pending_since, e.delivered_at, e.last_error
FROM webhook_event e WHERE e.id = $1

-- name: configure
UPDATE api_key
SET webhook_url = $2, webhook_secret_former = webhook_secret, webhook_secret_former_until = $4,
    webhook_secret = $3
WHERE id = $1 AND revoked_at IS NULL
RETURNING id

-- name: remove
UPDATE api_key
SET webhook_url = NULL, webhook_secret = NULL, webhook_secret_former = NULL,
    webhook_secret_former_until = NULL
WHERE id = $1
RETURNING id

-- What waits for its next attempt is tried at once where the receiver is another.
-- name: hurry
UPDATE webhook_stream s SET due_at = $2
FROM (
    SELECT api_key_id, conversation_id FROM webhook_stream
    WHERE api_key_id = $1 AND head_number IS NOT NULL AND lease_until IS NULL
    ORDER BY conversation_id FOR NO KEY UPDATE SKIP LOCKED
) AS waiting
WHERE s.api_key_id = waiting.api_key_id AND s.conversation_id = waiting.conversation_id

-- name: receiver
SELECT webhook_url AS url, revoked_at IS NOT NULL AS revoked,
       array_remove(ARRAY[webhook_secret, CASE WHEN webhook_secret_former_until > $2
           THEN webhook_secret_former END], NULL) AS secrets
FROM api_key WHERE id = $1

-- Since when the oldest event waits that somebody would take.
-- name: oldest
SELECT min(e.at) AS at FROM webhook_stream s
JOIN webhook_event e ON e.api_key_id = s.api_key_id AND e.conversation_id = s.conversation_id
    AND e.number = s.head_number
JOIN api_key k ON k.id = s.api_key_id
WHERE s.head_number IS NOT NULL AND k.webhook_url IS NOT NULL AND k.revoked_at IS NULL
