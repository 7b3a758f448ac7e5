-- Everything of the one who is merged, and what is open of the other.
-- name: lock_conversations
SELECT * FROM conversation WHERE party_id = $1 OR (party_id = $2 AND state = 'open')
ORDER BY id FOR NO KEY UPDATE

-- name: point
UPDATE customer SET merged_into = $2 WHERE id = $1

-- Conversations that a party has, and that began with this customer or with those merged into them.
-- name: lock_begun
SELECT * FROM conversation WHERE party_id = $2 AND customer_root(customer_id) = $1
ORDER BY id FOR NO KEY UPDATE

-- name: give
UPDATE conversation SET party_id = $2 WHERE id = ANY ($1::bigint[])

-- name: give_items
UPDATE work_item SET customer_id = $2 WHERE id = ANY ($1::bigint[])

-- name: give_matters
WITH cases AS (UPDATE service_case SET party_id = $3 WHERE id = ANY ($1::bigint[]))
UPDATE sales_lead SET party_id = $3 WHERE id = ANY ($2::bigint[])

-- name: give_orders
UPDATE sales_order SET party_id = $2 WHERE party_id = $1

-- name: give_begun_orders
UPDATE sales_order SET party_id = $1 WHERE party_id = $2 AND customer_root(customer_id) = $1

-- name: move_item
UPDATE work_item SET conversation_id = $2, customer_id = $3 WHERE id = $1

-- A session that has proven identities on both sides of a split proves too much.
-- name: end_straddling
UPDATE visitor_session s SET ended_at = $2
WHERE s.ended_at IS NULL AND s.joined <> '[]' AND EXISTS (
    SELECT FROM jsonb_to_recordset(s.joined) AS j (scheme text, scope text, value text)
    JOIN identity later USING (scheme, scope, value)
    JOIN identity first
        ON (first.scheme, first.scope, first.value) = (s.scheme, s.scope, s.value)
    WHERE customer_root(later.customer_id) <> customer_root(first.customer_id)
        AND $1 IN (customer_root(later.customer_id), customer_root(first.customer_id))
)
RETURNING s.id

-- Who shares something with a customer or with those merged into them: an identity of two scopes, the end
-- of a number, an attribute that is an identity there, the full name. Of what very many share, some.
-- name: suggested
WITH RECURSIVE family AS (
    SELECT $1::bigint AS id
    UNION ALL
    SELECT c.id FROM family f CROSS JOIN LATERAL (SELECT id FROM customer WHERE merged_into = f.id ORDER BY id) c
), own AS MATERIALIZED (
    SELECT id, scheme, value, verified, reverse(regexp_replace(value, '[^0-9]', '', 'g')) AS backwards
    FROM identity WHERE customer_id = ANY (ARRAY(SELECT id FROM family)) AND scheme <> 'visitor'
), shared AS (
    SELECT o.customer_id, 'identity' AS kind, o.scheme, o.value, o.verified AND own.verified AS verified
    FROM own CROSS JOIN LATERAL (
        SELECT * FROM identity i WHERE i.scheme = own.scheme AND i.value = own.value LIMIT 50
    ) o
    UNION ALL
    SELECT o.customer_id, 'number', o.scheme, o.value, false
    FROM own CROSS JOIN LATERAL (
        SELECT * FROM identity i
        WHERE i.scheme = 'phone' AND i.value <> own.value AND reverse(i.value) ~>=~ left(own.backwards, $4)
            AND reverse(i.value) ~<~ (left(own.backwards, $4) || ':') LIMIT 50
    ) o
    WHERE own.scheme = 'phone' AND length(own.backwards) >= $4
    UNION ALL
    SELECT o.customer_id, 'attribute', o.scheme, o.value, false
    FROM unnest(ARRAY['account', 'email', 'phone']) AS s (scheme) CROSS JOIN LATERAL (
        SELECT * FROM identity i WHERE i.scheme = s.scheme AND i.value = ANY ($3::text[]) LIMIT 50
    ) o
    UNION ALL
    (SELECT id, 'name', NULL, $2, false FROM customer WHERE lower(name) = lower($2) LIMIT 50)
), found AS (
    SELECT DISTINCT customer_root(customer_id) AS root, kind, scheme, value, verified FROM shared
)
SELECT root, kind, scheme, value, verified FROM found
WHERE root <> $1 AND NOT EXISTS (
    SELECT FROM family f JOIN merge_dismissal d ON d.customer_id = f.id WHERE customer_root(d.other_id) = root)

-- name: shown
SELECT c.id, c.name, c.value, c.tier, c.language, c.territory, c.tags, c.spam_at, c.created_at,
       v.id AS open_conversation, EXISTS (
           SELECT FROM identity i WHERE i.customer_id = c.id AND i.scheme = 'account' AND i.verified
       ) AS has_account
FROM customer c LEFT JOIN conversation v ON v.party_id = c.id AND v.state = 'open'
WHERE c.id = ANY ($1::bigint[])

-- Returns nothing where it was said before.
-- name: dismiss
WITH pair AS (
    INSERT INTO merge_dismissal (customer_id, other_id, dismissed_by, dismissed_at)
    VALUES ($1::bigint, $2::bigint, $3, $4), ($2, $1, $3, $4)
    ON CONFLICT DO NOTHING RETURNING 1
)
SELECT count(*) FROM pair HAVING count(*) > 0

-- Also what was said of those who are merged into them by now.
-- name: recall
WITH gone AS (
    DELETE FROM merge_dismissal
    WHERE (customer_root(customer_id), customer_root(other_id)) IN (($1::bigint, $2::bigint), ($2, $1)) RETURNING 1
)
SELECT count(*) FROM gone HAVING count(*) > 0
