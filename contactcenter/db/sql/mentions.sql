-- The agents of these logins, but for the writer themself.
-- name: named
SELECT a.id, coalesce(w.name, '') AS by_name
FROM person p JOIN agent a ON a.id = p.id LEFT JOIN person w ON w.id = $2
WHERE p.login = ANY ($1::text[]) AND p.id <> $2 AND p.disabled_at IS NULL
ORDER BY a.id
