-- The next facts of the log into the words that are searched, by one process at a time. Numbers stand in
-- the order of commits, so that none is passed by. Returns how many facts there were.
-- name: fill
WITH place AS (
    SELECT seq FROM log_cursor WHERE reader = 'search' FOR NO KEY UPDATE SKIP LOCKED
), portion AS (
    SELECT l.seq, l.fact FROM place CROSS JOIN LATERAL (
        SELECT seq, fact FROM log WHERE log.seq > place.seq ORDER BY seq LIMIT $1
    ) l
), filled AS (
    INSERT INTO search_text (interaction_id, conversation_id, position, words)
    SELECT (fact #>> '{said,id}')::bigint, (fact ->> 'conversation')::bigint,
           (fact #>> '{said,position}')::bigint, to_tsvector('simple', fact #>> '{said,text}')
    FROM portion WHERE fact ->> 'fact' = 'InteractionAppended'
    ON CONFLICT DO NOTHING
), moved AS (
    UPDATE log_cursor SET seq = p.seq FROM (SELECT max(seq) AS seq FROM portion) p
    WHERE reader = 'search' AND p.seq IS NOT NULL
)
SELECT count(*) FROM portion

-- Customers by how their name begins, by an identity, or by their id. There are few schemes: each is
-- asked for by itself, since what is known is only the value.
-- name: customers
WITH RECURSIVE kind (scheme) AS (
    (SELECT scheme FROM identity ORDER BY scheme LIMIT 1)
    UNION ALL
    SELECT (SELECT i.scheme FROM identity i WHERE i.scheme > k.scheme ORDER BY i.scheme LIMIT 1)
    FROM kind k WHERE k.scheme IS NOT NULL
), found (id) AS (
    (SELECT id FROM customer WHERE lower(name) LIKE $1)
    UNION
    (SELECT known.customer_id FROM kind CROSS JOIN LATERAL (
        SELECT i.customer_id FROM identity i
        WHERE i.scheme = kind.scheme AND i.value = ANY ($2::text[])
    ) known)
    UNION
    (SELECT id FROM customer WHERE id = $3)
), root (id) AS (
    SELECT DISTINCT CASE WHEN c.merged_into IS NULL THEN c.id ELSE customer_root(c.id) END
    FROM found JOIN customer c USING (id)
)
SELECT c.id, c.name, c.value, c.tier, c.language, c.territory, c.tags, c.spam_at, c.created_at,
       v.id AS open_conversation
FROM root JOIN customer c USING (id)
LEFT JOIN conversation v ON v.party_id = c.id AND v.state = 'open'
WHERE c.id > $4 ORDER BY c.id LIMIT $5

-- What was said that holds the words, newest first; of one customer where it is named. The marks are
-- characters that nobody writes.
-- name: said
WITH found AS (
    SELECT s.interaction_id, s.position FROM search_text s
    WHERE s.words @@ websearch_to_tsquery('simple', $1) AND s.position < $2
        AND ($3::bigint IS NULL OR s.conversation_id IN (
            SELECT id FROM conversation WHERE party_id = customer_root($3)))
    ORDER BY s.position DESC LIMIT $4
)
SELECT i.id AS interaction, i.position, i.conversation_id AS conversation, v.state, i.number, i.kind,
       i.channel, i.author_kind, i.received_at AS at, v.party_id AS customer, c.name AS customer_name,
       ts_headline('simple', i.text, websearch_to_tsquery('simple', $1),
           'StartSel=' || chr(57344) || ', StopSel=' || chr(57345)
           || ', MaxFragments=1, MaxWords=24, MinWords=12') AS excerpt
FROM found f
JOIN interaction i ON i.id = f.interaction_id
JOIN conversation v ON v.id = i.conversation_id
JOIN customer c ON c.id = v.party_id
ORDER BY f.position DESC
