-- The customer at the end of the merges of the one that was asked for.
-- name: root
SELECT customer_root($1) AS id

-- name: customer
SELECT * FROM customer WHERE id = customer_root($1)

-- Those who are known as this customer now; where staff merged one, the audit trail says who did.
-- name: merged
WITH RECURSIVE family AS (
    SELECT id, name, merged_into, created_at FROM customer WHERE merged_into = $1
    UNION ALL
    SELECT c.id, c.name, c.merged_into, c.created_at
    FROM customer c JOIN family f ON c.merged_into = f.id
)
SELECT f.id, f.name, f.merged_into, f.created_at, a.at AS merged_at, p.name AS merged_by
FROM family f
LEFT JOIN LATERAL (
    SELECT at, actor_kind, actor_id FROM audit
    WHERE subject_kind = 'customer' AND subject_id = f.id AND action = 'customer.merge'
    ORDER BY id DESC LIMIT 1
) a ON true
LEFT JOIN person p ON a.actor_kind = 'person' AND p.id = a.actor_id
ORDER BY f.id

-- name: identities
SELECT id, customer_id, scheme, scope, value, verified, since, blocked_at
FROM identity WHERE customer_id = ANY ($1::bigint[])
ORDER BY verified DESC, since DESC, id DESC

-- name: counts
SELECT count(*) AS conversations, count(*) FILTER (WHERE state = 'open') AS open,
       coalesce(sum(last_number), 0) AS interactions
FROM conversation WHERE party_id = $1

-- name: by_identity
WITH found AS (
    SELECT DISTINCT CASE WHEN c.merged_into IS NULL THEN c.id ELSE customer_root(c.id) END AS id
    FROM identity i JOIN customer c ON c.id = i.customer_id
    WHERE i.scheme = $1 AND i.value = $2
)
SELECT c.id, c.name, c.value, c.tier, c.language, c.territory, c.tags, c.spam_at, c.created_at,
       v.id AS open_conversation
FROM found JOIN customer c USING (id)
LEFT JOIN conversation v ON v.party_id = c.id AND v.state = 'open'
WHERE c.id > $3 ORDER BY c.id LIMIT $4

-- A merged customer is found by the name they had, and shown as the one they are known as. By a range: the
-- plan that is kept would not look up in the index what a name is like.
-- name: by_name
WITH found AS (
    SELECT DISTINCT CASE WHEN merged_into IS NULL THEN id ELSE customer_root(id) END AS id
    FROM customer WHERE lower(name) ~>=~ lower($1) AND lower(name) ~<~ (lower($1) || chr(1114111))
)
SELECT c.id, c.name, c.value, c.tier, c.language, c.territory, c.tags, c.spam_at, c.created_at,
       v.id AS open_conversation
FROM found JOIN customer c USING (id)
LEFT JOIN conversation v ON v.party_id = c.id AND v.state = 'open'
WHERE c.id > $2 ORDER BY c.id LIMIT $3

-- A party's conversations, newest first.
-- name: conversations
SELECT * FROM conversation_shown WHERE customer = $1 AND id < $2 ORDER BY id DESC LIMIT $3

-- name: open_conversation
SELECT * FROM conversation_shown WHERE customer = $1 AND state = 'open'

-- name: conversation
SELECT * FROM conversation_shown WHERE id = $1

-- name: live_item
SELECT w.id, w.state, w.epoch, w.queue, w.channel, w.intent, w.waiting_for, w.waiting_since,
       w.enqueued_at, w.agent_id AS owner, p.name AS owner_name
FROM work_item w LEFT JOIN person p ON p.id = w.agent_id
WHERE w.conversation_id = $1 AND w.kind = 'conversation'
    AND w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup')

-- name: interactions
SELECT i.id, i.position, i.conversation_id AS conversation, i.number, i.kind, i.direction,
       i.channel, i.identity_id AS identity, i.connection_id AS connection, i.author_kind,
       i.author_id,
       coalesce(p.name, k.name, c.name, r.name) AS author_name, i.text, i.parts, i.delivery,
       i.occurred_at, i.received_at
FROM interaction i
JOIN conversation v ON v.id = i.conversation_id
LEFT JOIN person p ON i.author_kind = 'agent' AND p.id = i.author_id
LEFT JOIN api_key k ON i.author_kind = 'bot' AND k.id = i.author_id
LEFT JOIN customer c ON i.author_kind = 'customer' AND c.id = i.author_id
LEFT JOIN customer r ON i.author_kind = 'customer' AND r.id = v.party_id
WHERE i.conversation_id = $1 AND i.number > $2 AND i.kind <> ALL ($3::text[])
ORDER BY i.number LIMIT $4

-- At most one page of each conversation is read, by the index: a long one costs no more than that.
-- name: timeline
SELECT i.id, i.position, i.conversation_id AS conversation, i.number, i.kind, i.direction,
       i.channel, i.identity_id AS identity, i.connection_id AS connection, i.author_kind,
       i.author_id,
       coalesce(p.name, k.name, c.name, r.name) AS author_name, i.text, i.parts, i.delivery,
       i.occurred_at, i.received_at
FROM (
    SELECT page.* FROM conversation v
    CROSS JOIN LATERAL (
        SELECT * FROM interaction
        WHERE conversation_id = v.id AND position < $2 ORDER BY number DESC LIMIT $3
    ) page
    WHERE v.party_id = $1 ORDER BY page.position DESC LIMIT $3
) i
LEFT JOIN person p ON i.author_kind = 'agent' AND p.id = i.author_id
LEFT JOIN api_key k ON i.author_kind = 'bot' AND k.id = i.author_id
LEFT JOIN customer c ON i.author_kind = 'customer' AND c.id = i.author_id
LEFT JOIN customer r ON i.author_kind = 'customer' AND r.id = $1
ORDER BY i.position DESC

-- name: edit
UPDATE customer
SET name = $2, value = $3, tier = $4, propensity_to_leave = $5, language = $6, territory = $7,
    attributes = $8, tags = $9
WHERE id = $1

-- name: tag_customer
UPDATE customer SET tags = $2 WHERE id = $1

-- name: tag_conversation
UPDATE conversation SET tags = $2 WHERE id = $1

-- name: set_spam
UPDATE customer SET spam_at = $2 WHERE id = $1

-- The identities of a customer and of those who were merged into them.
-- name: lock_identity
SELECT id, customer_id, scheme, scope, value, verified, since, blocked_at
FROM identity WHERE id = $1 AND customer_root(customer_id) = $2 FOR NO KEY UPDATE

-- name: set_blocked
UPDATE identity SET blocked_at = $2 WHERE id = $1

-- By which connections each identity of a customer has written, the latest first. One that has a meaning
-- within a connection only (its scope) is not looked for elsewhere; of others all that was said is passed.
-- name: reach
WITH RECURSIVE family AS (
    SELECT $1::bigint AS id
    UNION ALL
    SELECT c.id FROM family f CROSS JOIN LATERAL (SELECT id FROM customer WHERE merged_into = f.id ORDER BY id) c
), used AS (
    SELECT d.id AS identity, d.scope, d.blocked_at, last.*, ARRAY[last.connection_id] AS seen
    FROM identity d CROSS JOIN LATERAL (
        SELECT i.connection_id, i.position, i.received_at FROM interaction i
        WHERE i.identity_id = d.id AND i.kind IN ('message', 'reminder') AND i.direction = 'inbound'
        ORDER BY i.position DESC LIMIT 1
    ) last
    WHERE d.customer_id = ANY (ARRAY(SELECT id FROM family))
    UNION ALL
    SELECT u.identity, u.scope, u.blocked_at, last.*, u.seen || last.connection_id
    FROM used u CROSS JOIN LATERAL (
        SELECT i.connection_id, i.position, i.received_at FROM interaction i
        WHERE i.identity_id = u.identity AND i.kind IN ('message', 'reminder') AND i.direction = 'inbound'
            AND i.connection_id <> ALL (u.seen)
        ORDER BY i.position DESC LIMIT 1
    ) last
    WHERE u.scope = ''
)
SELECT u.identity, u.connection_id AS connection, n.name AS connection_name, n.channel,
       u.received_at AS last_at, u.position, u.blocked_at IS NOT NULL AS blocked,
       n.disabled_at IS NOT NULL AS disabled, n.api_key_id AS key_id
FROM used u JOIN connection n ON n.id = u.connection_id
ORDER BY u.position DESC

-- name: connection
SELECT name, channel FROM connection WHERE id = $1
