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

-- How what entries name by number is called; what is not there any more has no row.
-- name: names
SELECT * FROM (
    SELECT r.kind, r.id,
           coalesce(p.name, o.name, k.name, n.name, g.name, b.shortcut, i.value, c.name) AS name
    FROM unnest($1::text[], $2::bigint[]) AS r (kind, id)
    LEFT JOIN person p ON p.id = CASE r.kind WHEN 'person' THEN r.id END
    LEFT JOIN staff_session s ON s.id = CASE r.kind WHEN 'session' THEN r.id END
    LEFT JOIN person o ON o.id = s.person_id
    LEFT JOIN api_key k ON k.id = CASE r.kind WHEN 'key' THEN r.id END
    LEFT JOIN connection n ON n.id = CASE r.kind WHEN 'connection' THEN r.id END
    LEFT JOIN team g ON g.id = CASE r.kind WHEN 'team' THEN r.id END
    LEFT JOIN canned_reply b ON b.id = CASE r.kind WHEN 'canned_reply' THEN r.id END
    LEFT JOIN identity i ON i.id = CASE r.kind WHEN 'identity' THEN r.id END
    LEFT JOIN work_item w ON w.id = CASE r.kind WHEN 'work_item' THEN r.id END
    LEFT JOIN conversation v
        ON v.id = CASE r.kind WHEN 'conversation' THEN r.id ELSE w.conversation_id END
    LEFT JOIN customer c ON c.id = CASE r.kind WHEN 'customer' THEN r.id ELSE v.party_id END
) called
WHERE name IS NOT NULL ORDER BY kind, id
