-- name: begin
SELECT fresh, interactions, known, identities, roots, blocked, customers, conversations, items, stale
FROM receive_begin($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- Conversations that begin, each with its work item; of a spam customer without.
-- name: open
WITH wanted AS (
    SELECT * FROM unnest(
        $1::bigint[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::jsonb[], $7::bigint[],
        $8::jsonb[], $9::bigint[]
    ) AS n (party, state, queue, channel, weight, requirement, head_start_us, head_start_words, bot)
), opened AS (
    INSERT INTO conversation (customer_id, party_id, bot_id, opened_at)
    SELECT party, party, bot, $11 FROM wanted ORDER BY party
    RETURNING *
), items AS (
    INSERT INTO work_item (
        conversation_id, customer_id, kind, state, queue, channel, weight, full_weight,
        requirement, enqueued_at, head_start_us, head_start_words, bot_id, waiting_for,
        waiting_since, rulebook_version, opened_at
    )
    SELECT o.id, n.party, 'conversation', n.state, n.queue, n.channel, n.weight, n.weight,
           n.requirement, $11, n.head_start_us, n.head_start_words, n.bot, 'us', $11, $10, $11
    FROM wanted n JOIN opened o ON o.party_id = n.party
    WHERE n.state IS NOT NULL ORDER BY o.id
    RETURNING *
)
SELECT ROW(o.*)::conversation AS conversation,
       CASE WHEN w.id IS NOT NULL THEN ROW(w.*)::work_item END AS item
FROM opened o LEFT JOIN items w ON w.conversation_id = o.id ORDER BY o.id
