-- name: commands
WITH gone AS (
    DELETE FROM command WHERE (person_id, id) IN (
        SELECT person_id, id FROM command WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- name: links
WITH gone AS (
    DELETE FROM one_time_link WHERE token_hash IN (
        SELECT token_hash FROM one_time_link WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- A session that a socket still names is left until the socket is gone.
-- name: sessions
WITH gone AS (
    DELETE FROM staff_session WHERE id IN (
        SELECT s.id FROM staff_session s
        WHERE least(s.expires_at, s.revoked_at) < $1
            AND NOT EXISTS (SELECT FROM socket k WHERE k.session_id = s.id)
        LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- name: drafts
WITH gone AS (
    DELETE FROM draft WHERE (person_id, conversation_id) IN (
        SELECT person_id, conversation_id FROM draft WHERE changed_at < $1
        ORDER BY changed_at LIMIT $2 FOR UPDATE SKIP LOCKED
    ) RETURNING 1
)
SELECT count(*) FROM gone

-- Files that were brought and never sent; their pieces go with them.
-- name: files
WITH gone AS (
    DELETE FROM file WHERE id = ANY (ARRAY(
        SELECT id FROM file WHERE attached_at IS NULL AND created_at < $1
        ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
    )) RETURNING 1
)
SELECT count(*) FROM gone

-- name: log
WITH gone AS (
    DELETE FROM log WHERE at < $1 AND seq = ANY (ARRAY(  -- times stand in the order of numbers
        SELECT seq FROM log WHERE seq <= (SELECT min(seq) FROM log_cursor) ORDER BY seq LIMIT $2
    )) RETURNING 1
)
SELECT count(*) FROM gone

-- The next keys, and which of them are over: a key is as old as its interaction.
-- name: keys_after
SELECT d.connection_id, d.key, coalesce(i.received_at < $3, false) AS over
FROM (
    SELECT connection_id, key, interaction_id FROM dedupe
    WHERE (connection_id, key) > ($1, $2::text) ORDER BY connection_id, key LIMIT $4
) d
LEFT JOIN LATERAL (
    SELECT received_at FROM interaction WHERE id = d.interaction_id LIMIT 1  -- one by one, by its key
) i ON true
ORDER BY d.connection_id, d.key

-- name: events_after
SELECT id, CASE state WHEN 'delivered' THEN delivered_at < $2 WHEN 'parked' THEN pending_since < $3
           ELSE false END AS over
FROM webhook_event WHERE id > $1 ORDER BY id LIMIT $4

-- One that a person has sent again since it was looked at is pending, and stays.
-- name: events
DELETE FROM webhook_event WHERE id = ANY ($1::bigint[]) AND state <> 'pending'

-- name: visits_after
SELECT id, scope, value, scheme = 'visitor' AS anonymous, least(expires_at, ended_at) < $2 AS over
FROM visitor_session WHERE id > $1 ORDER BY id LIMIT $3

-- name: visits
DELETE FROM visitor_session WHERE id = ANY ($1::bigint[])

-- name: visitors
SELECT v.scope, v.value, i.customer_id
FROM unnest($1::text[], $2::text[]) AS v (scope, value)
CROSS JOIN LATERAL (
    SELECT customer_id FROM identity
    WHERE scheme = 'visitor' AND scope = v.scope AND value = v.value LIMIT 1
) i

-- Nobody waits for us, and nobody can refer to them any more.
-- name: lock_customers
SELECT id FROM customer WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED

-- Of locked customers those of whom nothing is known but that a session was begun. Each reference is
-- asked for by itself: as a join, the plan that is kept would read whole tables.
-- name: silent
SELECT c.id FROM customer c
WHERE c.id = ANY ($1::bigint[])
    AND c.name IS NULL AND c.value = 0 AND c.tier IS NULL AND c.propensity_to_leave = 0
    AND c.language IS NULL AND c.territory IS NULL AND c.attributes = '{}' AND c.tags = '{}'
    AND c.spam_at IS NULL AND c.merged_into IS NULL
    AND (SELECT m.id FROM customer m WHERE m.merged_into = c.id LIMIT 1) IS NULL
    AND (SELECT v.id FROM conversation v WHERE v.customer_id = c.id LIMIT 1) IS NULL
    AND (SELECT v.id FROM conversation v WHERE v.party_id = c.id LIMIT 1) IS NULL
    AND (SELECT w.id FROM work_item w WHERE w.customer_id = c.id LIMIT 1) IS NULL
    AND (SELECT a.id FROM audit a
         WHERE a.subject_kind = 'customer' AND a.subject_id = c.id LIMIT 1) IS NULL
    AND (SELECT count(*) = 1 AND bool_and(
             i.scheme = 'visitor' AND NOT i.verified AND i.blocked_at IS NULL
             AND (SELECT s.id FROM interaction s
                  WHERE s.identity_id = i.id AND s.kind IN ('message', 'reminder') LIMIT 1) IS NULL)
         FROM identity i WHERE i.customer_id = c.id)

-- name: identities
DELETE FROM identity WHERE customer_id = ANY ($1::bigint[])

-- name: customers
DELETE FROM customer WHERE id = ANY ($1::bigint[])
