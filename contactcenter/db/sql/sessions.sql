-- name: staff_caller
SELECT s.id AS session_id, s.expires_at, p.id AS person_id, p.name AS person_name, p.role AS kind
FROM staff_session s JOIN person p ON p.id = s.person_id
WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND p.disabled_at IS NULL

-- name: visitor
SELECT v.id, v.connection_id, v.scheme, v.scope, v.value, v.verified, v.claims, v.joined,
       v.context, v.created_at, v.expires_at, v.ended_at
FROM visitor_session v JOIN connection c ON c.id = v.connection_id
WHERE v.token_hash = $1 AND v.ended_at IS NULL AND c.disabled_at IS NULL
