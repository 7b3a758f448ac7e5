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

-- Customers in three ranks: by their id or the whole of an identity, by how the words of their name begin,
-- by how a number ends or the words of an address begin. There are few schemes: each is asked for by
-- itself, since what is known is only the value. Of what fits too many only some are looked at.
-- The words are read in a SELECT of their own: once, and not for each row that is looked at.
-- name: customers
WITH RECURSIVE kind (scheme) AS (
    (SELECT scheme FROM identity ORDER BY scheme LIMIT 1)
    UNION ALL
    SELECT (SELECT i.scheme FROM identity i WHERE i.scheme > k.scheme ORDER BY i.scheme LIMIT 1)
    FROM kind k WHERE k.scheme IS NOT NULL
), found (id, rank) AS (
    (SELECT id, 0 FROM customer WHERE id = $2)
    UNION ALL
    (SELECT known.customer_id, 0 FROM kind CROSS JOIN LATERAL (
        SELECT i.customer_id FROM identity i
        WHERE i.scheme = kind.scheme AND i.value = ANY ($3::text[])
    ) known)
    UNION ALL
    (SELECT id, 1 FROM customer WHERE name IS NOT NULL AND words_in(name) @@ (SELECT words_begun($1)) LIMIT $7)
    UNION ALL
    (SELECT customer_id, 2 FROM identity WHERE scheme = 'phone' AND reverse(value) ~>=~ $4 AND reverse(value) ~<~ ($4 || ':') LIMIT $7)
    UNION ALL
    (SELECT customer_id, 2 FROM identity
     WHERE scheme = 'email' AND words_in(value) @@ (SELECT words_begun($1)) LIMIT $7)
), root (id, place) AS (
    SELECT r.id, min(r.rank * (1::bigint << 50)) + r.id FROM (
        SELECT CASE WHEN c.merged_into IS NULL THEN c.id ELSE customer_root(c.id) END AS id, rank
        FROM found JOIN customer c USING (id)
    ) r GROUP BY r.id
), page AS (
    SELECT id, place FROM root WHERE place > $5 ORDER BY place LIMIT $6
)
SELECT c.id, c.name, c.value, c.tier, c.language, c.territory, c.tags, c.spam_at, c.created_at,
       v.id AS open_conversation, p.place
FROM page p JOIN customer c USING (id)
LEFT JOIN conversation v ON v.party_id = c.id AND v.state = 'open'
ORDER BY p.place

-- What was said lately and holds the words, newest first. Of words that are said often, the newest are all
-- that is asked for, and they are here.
-- name: lately
SELECT interaction_id, position FROM (
    SELECT interaction_id, position, words FROM search_text
    WHERE position < $2 ORDER BY position DESC LIMIT $4
) lately
WHERE words @@ (SELECT said_query($1)) ORDER BY position DESC LIMIT $3

-- All that was said and holds the words, by the words alone: the index of positions would bring nearly all.
-- name: ever
WITH found AS MATERIALIZED (
    SELECT interaction_id, position FROM search_text WHERE words @@ (SELECT said_query($1))
)
SELECT interaction_id, position FROM found WHERE position < $2 ORDER BY position DESC LIMIT $3

-- Of one customer, with all who were merged into them.
-- name: of_customer
SELECT s.interaction_id, s.position FROM conversation v
JOIN search_text s ON s.conversation_id = v.id
WHERE v.party_id = customer_root($4) AND s.words @@ (SELECT said_query($1)) AND s.position < $2
ORDER BY s.position DESC LIMIT $3

-- These, with their words marked by characters that nobody writes.
-- name: hits
SELECT i.id AS interaction, i.position, i.conversation_id AS conversation, v.state, i.number, i.kind,
       i.channel, i.author_kind, i.received_at AS at, v.party_id AS customer, c.name AS customer_name,
       ts_headline('simple', i.text, (SELECT said_query($1)),
           'StartSel=' || chr(57344) || ', StopSel=' || chr(57345)
           || ', MaxFragments=1, MaxWords=24, MinWords=12') AS excerpt
FROM interaction i
JOIN conversation v ON v.id = i.conversation_id
JOIN customer c ON c.id = v.party_id
WHERE i.id = ANY ($2::bigint[])
ORDER BY i.position DESC
