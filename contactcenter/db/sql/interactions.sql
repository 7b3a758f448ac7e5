-- Which of these keys are new; each new one draws the id of its interaction.
-- name: claim
INSERT INTO dedupe (connection_id, key, digest)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS k (connection_id, key, digest)
ORDER BY connection_id, key
ON CONFLICT DO NOTHING
RETURNING connection_id, key, interaction_id

-- What became of keys that were claimed before.
-- name: claimed
SELECT d.connection_id, d.key, d.digest, i.id AS interaction_id, i.conversation_id, i.number
FROM unnest($1::bigint[], $2::text[]) AS k (connection_id, key)
JOIN dedupe d USING (connection_id, key)
JOIN interaction i ON i.id = d.interaction_id

-- Keys of what was refused after all.
-- name: unclaim
DELETE FROM dedupe d USING unnest($1::bigint[], $2::text[]) AS k (connection_id, key)
WHERE d.connection_id = k.connection_id AND d.key = k.key

-- name: draw
SELECT nextval('interaction_id') FROM generate_series(1, $1)

-- The position is drawn under the conversation's lock: it orders a customer's whole history.
-- name: append
WITH advanced AS (
    UPDATE conversation c
    SET last_number = n.last_number, answered_number = n.answered_number,
        answered_kind = n.answered_kind, answered_id = n.answered_id,
        connection_id = n.connection_id, identity_id = n.identity_id
    FROM unnest($17::bigint[], $18::integer[], $19::integer[], $20::text[], $21::bigint[],
                $22::bigint[], $23::bigint[])
        AS n (id, last_number, answered_number, answered_kind, answered_id, connection_id,
              identity_id)
    WHERE c.id = n.id
)
INSERT INTO interaction (
    id, conversation_id, number, kind, direction, channel, connection_id, identity_id,
    author_kind, author_id, text, parts, delivery, occurred_at, received_at, request_id, automatic
)
SELECT id, conversation, number, kind, direction, channel, connection, identity, author_kind, author,
       text, parts, delivery, occurred_at, $15, request_id, automatic
FROM unnest(
    $1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[],
    $8::bigint[], $9::text[], $10::bigint[], $11::text[], $12::jsonb[], $13::text[],
    $14::timestamptz[], $16::text[], $24::boolean[]
) AS n (id, conversation, number, kind, direction, channel, connection, identity, author_kind,
        author, text, parts, delivery, occurred_at, request_id, automatic)
RETURNING id, position

-- name: at
SELECT id, number, position, kind, direction, channel, author_kind, author_id, identity_id,
       connection_id, text, parts, delivery, occurred_at, received_at, request_id,
       automatic
FROM interaction WHERE conversation_id = $1 AND number = $2

-- What customers have said after a number, in each conversation's order.
-- name: inbound_after
SELECT c.id AS conversation_id, to_jsonb(said) AS said
FROM unnest($1::bigint[], $2::integer[]) AS c (id, seen)
CROSS JOIN LATERAL (
    SELECT i.id, i.number, i.position, i.kind, i.direction, i.channel, i.author_kind, i.author_id,
           i.identity_id, i.connection_id, i.text, i.parts, i.delivery, i.occurred_at,
           i.received_at, i.request_id, i.automatic
    FROM interaction i
    WHERE i.conversation_id = c.id AND i.number > c.seen AND i.direction = 'inbound'
    ORDER BY i.number LIMIT 100
) said
ORDER BY c.id, said.number
