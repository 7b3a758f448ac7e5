-- name: lock_open
SELECT * FROM conversation WHERE party_id = ANY ($1::bigint[]) AND state = 'open'
ORDER BY id FOR NO KEY UPDATE

-- The last conversation of each party, where it was resolved late enough to be opened again.
-- name: lock_reopenable
SELECT c.* FROM conversation c
WHERE c.id = ANY (
    SELECT max(l.id) FROM conversation l WHERE l.party_id = ANY ($1::bigint[])
        AND l.close_reason IS DISTINCT FROM 'merged' GROUP BY l.party_id
) AND c.state = 'closed' AND c.closed_at > $2
ORDER BY c.id FOR NO KEY UPDATE

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

-- name: advance
UPDATE conversation c
SET last_number = n.last_number, answered_number = n.answered_number,
    answered_kind = n.answered_kind, answered_id = n.answered_id,
    connection_id = n.connection_id, identity_id = n.identity_id
FROM unnest($1::bigint[], $2::integer[], $3::integer[], $4::text[], $5::bigint[], $6::bigint[],
            $7::bigint[])
    AS n (id, last_number, answered_number, answered_kind, answered_id, connection_id, identity_id)
WHERE c.id = n.id
