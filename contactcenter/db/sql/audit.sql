-- name: insert
INSERT INTO audit (at, actor_kind, actor_id, action, subject_kind, subject_id, detail, request_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- Newest first; a NULL filter lets everything through.
-- name: page
SELECT a.id, a.at, a.actor_kind, a.actor_id, coalesce(p.name, k.name) AS actor_name, a.action,
       a.subject_kind, a.subject_id, a.detail, a.request_id
FROM audit a
LEFT JOIN person p ON a.actor_kind = 'person' AND p.id = a.actor_id
LEFT JOIN api_key k ON a.actor_kind = 'bot' AND k.id = a.actor_id
WHERE a.id < $1
    AND ($2::text IS NULL OR a.subject_kind = $2)
    AND ($3::bigint IS NULL OR a.subject_id = $3)
    AND ($4::text IS NULL OR a.actor_kind = $4)
    AND ($5::bigint IS NULL OR a.actor_id = $5)
ORDER BY a.id DESC LIMIT $6
