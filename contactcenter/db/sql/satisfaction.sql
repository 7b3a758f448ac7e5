-- Work that an agent has resolved, or by $4 a bot has settled, and about which its customer has not been
-- heard, since $2; only after some dispositions, where any are named. Of a conversation that was not
-- opened again. An agent who wraps up has resolved it already.
-- name: open
SELECT w.id AS item, w.conversation_id AS conversation, w.ended_at
FROM work_item w JOIN conversation v ON v.id = w.conversation_id
WHERE w.conversation_id = ANY ($1::bigint[])
    AND (w.state = 'wrapup' OR w.state = 'done' AND w.ended_at > $2 AND v.state = 'closed' AND (
        v.close_reason = 'resolved' AND w.agent_id IS NOT NULL
        OR v.close_reason = 'bot' AND w.bot_id IS NOT NULL AND $4))
    AND ($3::text[] = '{}' OR w.disposition = ANY ($3))
    AND NOT EXISTS (SELECT FROM satisfaction s WHERE s.item_id = w.id)
    AND NOT EXISTS (
        SELECT FROM work_item later
        WHERE later.conversation_id = w.conversation_id AND later.id > w.id)

-- An item of a conversation in which these identities took part.
-- name: item
SELECT w.id, w.conversation_id, w.customer_id, w.queue, w.channel, w.state, w.agent_id, w.bot_id, w.disposition,
       w.ended_at, v.party_id
FROM work_item w JOIN conversation v ON v.id = w.conversation_id
WHERE w.id = $1 AND EXISTS (
    SELECT FROM interaction i
    WHERE i.conversation_id = w.conversation_id AND i.identity_id = ANY ($2::bigint[])
        AND i.kind IN ('message', 'reminder'))

-- name: insert
INSERT INTO satisfaction (item_id, conversation_id, queue, channel, agent_id, bot_id, score, comment, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING
RETURNING item_id

-- name: given
SELECT score, comment FROM satisfaction WHERE item_id = $1

-- What bots have settled is counted apart: it is other work.
-- name: by_queue
SELECT queue, CASE WHEN agent_id IS NULL THEN 'bots' ELSE 'agents' END AS by, count(*) AS answers, avg(score)::double precision AS average,
       (count(*) FILTER (WHERE score >= 4))::double precision / count(*) AS satisfied,
       array[count(*) FILTER (WHERE score = 1), count(*) FILTER (WHERE score = 2),
             count(*) FILTER (WHERE score = 3), count(*) FILTER (WHERE score = 4),
             count(*) FILTER (WHERE score = 5)] AS scores
FROM satisfaction WHERE at >= $1 AND at < $2
GROUP BY queue, by ORDER BY queue, by

-- What the numbers are made of, newest work first.
-- name: answers
SELECT s.item_id AS item, s.conversation_id AS conversation, s.queue, s.channel, s.agent_id AS agent,
       s.bot_id AS bot, coalesce(p.name, k.name) AS by, s.score, s.comment, s.at
FROM satisfaction s LEFT JOIN person p ON p.id = s.agent_id LEFT JOIN api_key k ON k.id = s.bot_id
WHERE s.item_id < $1 AND s.at >= $2 AND s.at < $3
    AND ($4::text IS NULL OR s.queue = $4) AND ($5::integer IS NULL OR s.score = $5)
ORDER BY s.item_id DESC LIMIT $6

-- name: of_conversation
SELECT s.item_id AS item, s.conversation_id AS conversation, s.queue, s.channel, s.agent_id AS agent,
       s.bot_id AS bot, coalesce(p.name, k.name) AS by, s.score, s.comment, s.at
FROM satisfaction s LEFT JOIN person p ON p.id = s.agent_id LEFT JOIN api_key k ON k.id = s.bot_id
WHERE s.conversation_id = $1 ORDER BY s.item_id
