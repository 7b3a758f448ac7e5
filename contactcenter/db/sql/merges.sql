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
