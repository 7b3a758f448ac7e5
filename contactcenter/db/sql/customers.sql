-- The identities that we have, and the customer at the end of their merges.
-- name: known
SELECT i.id AS identity_id, i.scheme, i.scope, i.value, i.blocked_at IS NOT NULL AS blocked,
       c.merged_into IS NOT NULL AS merged,
       CASE WHEN c.merged_into IS NULL THEN c.id ELSE customer_root(c.id) END AS root
FROM unnest($1::text[], $2::text[], $3::text[]) AS k (scheme, scope, value)
JOIN identity i USING (scheme, scope, value)
JOIN customer c ON c.id = i.customer_id

-- A customer for each identity; NULL where its key is taken by then.
-- name: make
SELECT identities, customers FROM identity_make($1, $2, $3, $4, $5)

-- name: lock
SELECT * FROM customer WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- name: read
SELECT * FROM customer WHERE id = $1
