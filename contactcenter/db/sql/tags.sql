-- name: remember
INSERT INTO known_tag (kind, tag) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING

-- They are few: all of a kind are looked through.
-- name: known
SELECT tag FROM known_tag WHERE kind = $1 AND starts_with(lower(tag), lower($2)) ORDER BY tag LIMIT $3
