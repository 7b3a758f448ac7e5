-- Nothing where that key has made one before.
-- name: make
INSERT INTO sales_order (
    customer_id, party_id, state, currency, total, made_by_kind, made_by, made_key, made_at, state_since
) VALUES ($1, $1, 'draft', $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT DO NOTHING RETURNING *

-- name: of_key
SELECT * FROM sales_order WHERE made_by_kind = $1 AND made_by = $2 AND made_key = $3

-- name: lines
INSERT INTO sales_order_line (order_id, number, sku, name, quantity, price)
SELECT $1, n.number, n.sku, n.name, n.quantity, n.price
FROM unnest($2::text[], $3::text[], $4::integer[], $5::bigint[]) WITH ORDINALITY
    AS n (sku, name, quantity, price, number)

-- name: lines_of
SELECT sku, name, quantity, price FROM sales_order_line WHERE order_id = $1 ORDER BY number

-- name: lock
SELECT * FROM sales_order WHERE id = $1 FOR NO KEY UPDATE

-- name: save
UPDATE sales_order SET state = $2, state_since = $3 WHERE id = $1

-- name: one
SELECT * FROM sales_order WHERE id = $1

-- name: page
SELECT * FROM sales_order
WHERE id < $1 AND ($3::text IS NULL OR state = $3)
    AND ($4::bigint IS NULL OR party_id = customer_root($4))
ORDER BY id DESC LIMIT $2
