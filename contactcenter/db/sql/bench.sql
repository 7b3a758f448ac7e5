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
