-- name: staff_caller
SELECT s.id AS session_id, s.expires_at, p.id AS person_id, p.name AS person_name, p.role AS kind
FROM staff_session s JOIN person p ON p.id = s.person_id
WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND p.disabled_at IS NULL

-- name: valid
SELECT 1 FROM staff_session WHERE id = $1 AND revoked_at IS NULL

-- name: visitor
SELECT v.id, v.connection_id, c.name AS connection, c.channel, c.origins, v.scheme, v.scope,
       v.value, v.verified, v.claims, v.joined, v.context, v.created_at, v.expires_at, v.ended_at
FROM visitor_session v JOIN connection c ON c.id = v.connection_id
WHERE v.token_hash = $1 AND v.ended_at IS NULL AND c.disabled_at IS NULL

-- name: open
INSERT INTO staff_session (token_hash, person_id, address, browser, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING id

-- name: live
SELECT id, address, browser, created_at, expires_at FROM staff_session
WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2 AND id < $3
ORDER BY id DESC LIMIT $4

-- The person is locked, so that two who revoke the same sessions do not meet halfway.
-- name: revoke
UPDATE staff_session SET revoked_at = $2
WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $2
    AND ($3::bigint IS NULL OR id = $3) AND ($4::bigint IS NULL OR id <> $4)
RETURNING id
