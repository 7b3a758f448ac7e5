-- The tables of the references, in a database of the benchmark's own.
-- name: tables
CREATE TABLE IF NOT EXISTS bench_row (
    key text PRIMARY KEY, scheme text, value text, text text, at timestamptz
)

-- name: customers
CREATE TABLE IF NOT EXISTS bench_customer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, value text UNIQUE, last_number integer
)

-- The bare limit: the same row, in one statement for many.
-- name: insert_many
INSERT INTO bench_row SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT DO NOTHING

-- The usual design: find or make the customer, and number the message.
-- name: upsert_customer
INSERT INTO bench_customer (value, last_number) VALUES ($1, 1)
ON CONFLICT (value) DO UPDATE SET last_number = bench_customer.last_number + 1 RETURNING id

-- name: insert_one
INSERT INTO bench_row VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- Agents who are signed in: a person, an agent, a session for each token's hash. Their replies leave at once.
-- name: agents
WITH people AS (
    INSERT INTO person (login, name, role, created_at)
    SELECT 'agent' || n, 'Agent ' || n, 'agent', $3
    FROM generate_series(1, cardinality($1::bytea[])) AS n RETURNING id
), agents AS (
    INSERT INTO agent (id, capacity, presence_since, idle_since, undo_s)
    SELECT id, $2, $3, $3, 0 FROM people
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM people
)
INSERT INTO staff_session (token_hash, person_id, address, browser, created_at, expires_at)
SELECT t.hash, numbered.id, '', '', $3, $4
FROM unnest($1::bytea[]) WITH ORDINALITY AS t (hash, place) JOIN numbered USING (place)

-- One of them becomes a supervisor.
-- name: promote
UPDATE person SET role = 'supervisor' WHERE login = $1

-- Made-up words of a few syllables; the first ones are said most.
-- name: words
CREATE TABLE bench_word AS
SELECT n, s.y[1 + n % 20] || s.y[1 + n / 20 % 20] || s.y[1 + n / 400 % 20] || s.y[1 + n / 8000 % 20] AS word
FROM generate_series(1, $1::integer) n CROSS JOIN (SELECT ARRAY[
    'an', 'be', 'di', 'dre', 'gu', 'ha', 'in', 'ka', 'lu', 'me', 'mu', 'no', 'pa', 're', 'ri', 'sa', 'so',
    'ta', 'to', 'wi'] AS y) s

-- name: words_key
CREATE UNIQUE INDEX bench_word_n ON bench_word (n)

-- As often as words are in a language: the second half as often as the first, the third a third.
-- name: phrases
CREATE TABLE bench_phrase AS
SELECT p.p AS n, string_agg(w.word, ' ' ORDER BY k) AS words
FROM generate_series(1, $1::integer) AS p (p) CROSS JOIN generate_series(1, 8) k
JOIN bench_word w ON w.n = floor(exp((hashint8(p.p * 8 + k)::bigint & 1048575) / 1048576.0 * ln($2::integer)))
GROUP BY p.p

-- name: phrases_key
CREATE UNIQUE INDEX bench_phrase_n ON bench_phrase (n)

-- Customers with a name, and a number or an address by which they are known; their numbers are their ids.
-- name: people
WITH chosen AS (
    SELECT g.n, initcap(f.word || ' ' || l.word) AS name, f.word || '.' || l.word || '@post.example' AS mail
    FROM generate_series($1::integer, $2::integer) AS g (n)
    JOIN bench_word f ON f.n = 1 + (hashint8(g.n) & 1048575) % 2000
    JOIN bench_word l ON l.n = 1 + (hashint8(g.n + 7) & 1048575) % 20000
), customers AS (
    INSERT INTO customer (id, name, created_at) OVERRIDING SYSTEM VALUE SELECT n, name, now() FROM chosen
)
INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
SELECT CASE WHEN n % 3 = 0 THEN 'email' ELSE 'phone' END, 'bench',
       CASE WHEN n % 3 = 0 THEN replace(mail, '@', n || '@')
            ELSE '+628' || 1000000000 + n::bigint * 7919 % 1000000000 END,
       n, false, now()
FROM chosen

-- What they have said, five messages in each conversation, and the words of it as `search.fill` has them.
-- name: said
WITH chosen AS (
    SELECT g.n, a.words || ' ' || b.words AS text FROM generate_series($1::integer, $2::integer) AS g (n)
    JOIN bench_phrase a ON a.n = 1 + (hashint8(g.n) & 1048575) % 20000
    JOIN bench_phrase b ON b.n = 1 + (hashint8(g.n + 7) & 1048575) % 20000
), conversations AS (
    INSERT INTO conversation (id, customer_id, party_id, state, opened_at, closed_at) OVERRIDING SYSTEM VALUE
    SELECT n / 5, n, n, 'closed', now(), now() FROM chosen WHERE n % 5 = 0
), interactions AS (
    INSERT INTO interaction (id, position, conversation_id, number, kind, direction, channel, author_kind, text,
        occurred_at, received_at)
    SELECT n, n, n / 5, 1 + n % 5, 'message', 'inbound', 'bot', 'customer', text, now(), now() FROM chosen
)
INSERT INTO search_text (interaction_id, conversation_id, position, words)
SELECT n, n / 5, n, to_tsvector('simple', text) FROM chosen

-- name: word
SELECT word FROM bench_word WHERE n = $1

-- So many customers who do not answer: the items of so many agents wait for them since that time, and
-- fall due with $4 of spacing, from $3 on.
-- name: silent_customers
WITH places AS (
    SELECT n, $3::timestamptz + (n - 1) * $4::interval AS due FROM generate_series(1, $1::integer) AS n
), agents AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS agents FROM agent
), parties AS (
    INSERT INTO customer (created_at) SELECT $2 FROM places RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS n FROM parties
), opened AS (
    INSERT INTO conversation (customer_id, party_id, opened_at) SELECT id, id, $2 FROM numbered
    RETURNING id, party_id
), items AS (
    INSERT INTO work_item (
        conversation_id, customer_id, kind, state, queue, channel, weight, full_weight, requirement,
        enqueued_at, agent_id, waiting_for, waiting_since, rulebook_version, opened_at, accepted_at
    )
    SELECT o.id, o.party_id, 'conversation', 'active', 'care', 'web', 1, 1, '{}', $2, a.id, 'customer',
           p.due - $5::interval, 1, $2, $2
    FROM opened o JOIN numbered m ON m.id = o.party_id JOIN places p USING (n)
    JOIN agents a ON a.place = p.n % a.agents
    RETURNING id, waiting_since
)
INSERT INTO timer (kind, subject, due_at) SELECT 'item_idle', id, waiting_since + $5::interval FROM items

-- How late they became dormant, in milliseconds: the 50th and the 99th of a hundred.
-- name: dormancy_lateness
SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (
    ORDER BY extract(epoch FROM l.at - w.waiting_since - $1::interval) * 1000
) FROM log l JOIN work_item w ON w.id = (l.fact ->> 'item')::bigint
WHERE l.fact ->> 'fact' = 'ItemWeighed' AND l.seq > $2

-- name: dormant
SELECT count(*) FROM log WHERE seq > $1 AND fact ->> 'fact' = 'ItemWeighed'

-- name: log_end
SELECT coalesce(max(seq), 0) FROM log

-- name: pending
INSERT INTO timer (kind, subject, due_at)
SELECT 'item_idle', -n, $3 FROM generate_series($1::integer, $2::integer) AS n

-- name: last_dormant
SELECT max(at) FROM log WHERE fact ->> 'fact' = 'ItemWeighed'
