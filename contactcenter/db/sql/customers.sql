-- The identities that we have, and the customer at the end of their merges.
-- name: known
SELECT i.id AS identity_id, i.scheme, i.scope, i.value, i.blocked_at IS NOT NULL AS blocked,
       c.merged_into IS NOT NULL AS merged,
       CASE WHEN c.merged_into IS NULL THEN c.id ELSE customer_root(c.id) END AS root
FROM unnest($1::text[], $2::text[], $3::text[]) AS k (scheme, scope, value)
JOIN identity i USING (scheme, scope, value)
JOIN customer c ON c.id = i.customer_id

-- A customer for each identity; one whose key is taken by then is not returned.
-- name: make
WITH wanted AS (
    SELECT scheme, scope, value, verified, place
    FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[])
        WITH ORDINALITY AS w (scheme, scope, value, verified, place)
), made AS (
    INSERT INTO customer (created_at) SELECT $5 FROM wanted RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM made
)
INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
SELECT scheme, scope, value, numbered.id, verified, $5
FROM wanted JOIN numbered USING (place) ORDER BY scheme, scope, value
ON CONFLICT ON CONSTRAINT identity_key DO NOTHING
RETURNING id AS identity_id, scheme, scope, value, customer_id AS root, false AS blocked, false AS merged

-- name: lock
SELECT * FROM customer WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- name: read
SELECT * FROM customer WHERE id = $1
