-- What must hold of the record at every moment, whatever is done to it: each query finds what breaks
-- its rule, a line for each. Here a party has two open conversations.
-- name: two_open
SELECT format('customer %s has %s open conversations', party_id, count(*))
FROM conversation WHERE state = 'open' GROUP BY party_id HAVING count(*) > 1

-- Interactions are numbered from 1 without gaps.
-- name: gaps
SELECT format('conversation %s: last number %s, %s interactions to %s',
              c.id, c.last_number, count(i.id), max(i.number))
FROM conversation c LEFT JOIN interaction i ON i.conversation_id = c.id
GROUP BY c.id
HAVING c.last_number <> count(i.id) OR c.last_number <> coalesce(max(i.number), 0)

-- The order of a customer's whole history is that of each conversation.
-- name: positions
SELECT format('interactions %s and %s stand in the wrong order', a.id, b.id)
FROM interaction a JOIN interaction b ON b.conversation_id = a.conversation_id AND b.number = a.number + 1
WHERE b.position <= a.position

-- What was said is in the log once, and as it was.
-- name: unlike_the_log
SELECT format('interaction %s of the log is %s in the record', f.said ->> 'id', coalesce(i.id::text, 'not'))
FROM interaction i FULL JOIN (
    SELECT fact -> 'said' AS said, fact ->> 'conversation' AS conversation
    FROM log WHERE fact ->> 'fact' = 'InteractionAppended'
) f ON (f.said ->> 'id')::bigint = i.id
WHERE i.id IS NULL OR f.said IS NULL
    OR f.conversation::bigint <> i.conversation_id
    OR (f.said ->> 'number')::integer <> i.number
    OR (f.said ->> 'position')::bigint <> i.position
    OR f.said ->> 'text' <> i.text

-- The numbers of the log are in the order of its commits: each was written no earlier than the one before.
-- name: log_order
SELECT format('log %s was written before log %s', seq, before)
FROM (SELECT seq, at, lag(seq) OVER w AS before, lag(at) OVER w AS at_before FROM log WINDOW w AS (ORDER BY seq)) l
WHERE at < at_before

-- What foreign keys would look after in the tables that everything comes into.
-- name: orphans
SELECT format('interaction %s is of conversation %s, which there is not', i.id, i.conversation_id)
FROM interaction i LEFT JOIN conversation c ON c.id = i.conversation_id WHERE c.id IS NULL
UNION ALL
SELECT format('conversation %s began with customer %s, whom there is not', v.id, v.customer_id)
FROM conversation v LEFT JOIN customer c ON c.id = v.customer_id WHERE c.id IS NULL
UNION ALL
SELECT format('item %s is of customer %s, whom there is not', w.id, w.customer_id)
FROM work_item w LEFT JOIN customer c ON c.id = w.customer_id WHERE c.id IS NULL

UNION ALL
SELECT format('case %s is linked to conversation %s of another customer', l.case_id, l.conversation_id)
FROM case_conversation l JOIN service_case k ON k.id = l.case_id
JOIN conversation v ON v.id = l.conversation_id
WHERE v.party_id <> k.party_id AND customer_root(v.customer_id) = customer_root(k.customer_id)
UNION ALL
SELECT format('case %s has no opening on its timeline', k.id)
FROM service_case k WHERE NOT EXISTS (
    SELECT FROM case_event e WHERE e.case_id = k.id AND e.kind = 'opened')

-- A claimed key has its interaction.
-- name: empty_keys
SELECT format('key %s has no interaction', d.key)
FROM dedupe d LEFT JOIN interaction i ON i.id = d.interaction_id WHERE i.id IS NULL

-- An item is offered while it has one pending offer, and only then.
-- name: offers
SELECT format('item %s is %s and has %s pending offers', w.id, w.state, count(o.id))
FROM work_item w LEFT JOIN offer o ON o.item_id = w.id AND o.state = 'pending'
GROUP BY w.id HAVING count(o.id) <> CASE w.state WHEN 'offered' THEN 1 ELSE 0 END

-- A customer is known by something, or nobody could be recognised as them.
-- name: unknown
SELECT format('customer %s has no identity', c.id)
FROM customer c LEFT JOIN identity i ON i.customer_id = c.id WHERE i.id IS NULL

-- What was said by who was merged away is of who they were merged into.
-- name: merged_away
SELECT format('conversation %s is of customer %s, who is %s now', v.id, c.id, c.merged_into)
FROM conversation v JOIN customer c ON c.id = v.party_id WHERE c.merged_into IS NOT NULL
UNION ALL
SELECT format('case %s is of customer %s, who is %s now', k.id, c.id, c.merged_into)
FROM service_case k JOIN customer c ON c.id = k.party_id WHERE c.merged_into IS NOT NULL
UNION ALL
SELECT format('lead %s is of customer %s, who is %s now', l.id, c.id, c.merged_into)
FROM sales_lead l JOIN customer c ON c.id = l.party_id WHERE c.merged_into IS NOT NULL
UNION ALL
SELECT format('order %s is of customer %s, who is %s now', o.id, c.id, c.merged_into)
FROM sales_order o JOIN customer c ON c.id = o.party_id WHERE c.merged_into IS NOT NULL

-- Work is with somebody, or waits, and of an open conversation and its party.
-- name: astray
SELECT format('item %s of customer %s is %s, agent %s, its conversation %s of customer %s',
              w.id, w.customer_id, w.state, w.agent_id, v.state, v.party_id)
FROM work_item w JOIN conversation v ON v.id = w.conversation_id
WHERE w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup') AND (
    v.state <> 'open' OR w.customer_id <> v.party_id
    OR (w.state IN ('active', 'wrapup')) <> (w.agent_id IS NOT NULL)
)

-- A case or lead has work exactly while somebody of ours has to do something about it; and the work is
-- of its customer, in its queue.
-- name: matters
SELECT format('case %s is %s, in queue %s, of customer %s; its item %s in queue %s, of customer %s',
              k.id, k.state, k.queue, k.party_id, w.id, w.queue, w.customer_id)
FROM service_case k LEFT JOIN work_item w ON w.case_id = k.id
    AND w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
WHERE (w.id IS NOT NULL) <> (k.state IN ('new', 'open'))
    OR w.customer_id <> k.party_id OR w.queue <> k.queue
    OR (w.state = 'active' AND w.agent_id IS DISTINCT FROM k.owner_id)
UNION ALL
SELECT format('lead %s is %s, in queue %s, of customer %s; its item %s in queue %s, of customer %s',
              l.id, l.state, l.queue, l.party_id, w.id, w.queue, w.customer_id)
FROM sales_lead l LEFT JOIN work_item w ON w.lead_id = l.id
    AND w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
WHERE (w.id IS NOT NULL) <> (l.state IN ('new', 'open'))
    OR w.customer_id <> l.party_id OR w.queue <> l.queue
    OR (w.state = 'active' AND w.agent_id IS DISTINCT FROM l.agent_id)
UNION ALL
SELECT format('work item %s is %s, agent %s', w.id, w.state, w.agent_id)
FROM work_item w WHERE w.kind <> 'conversation' AND (
    w.state IN ('bot', 'wrapup') OR (w.state IN ('active', 'done')) <> (w.agent_id IS NOT NULL))

-- What an order costs is what its lines cost.
-- name: totals
SELECT format('order %s costs %s, its lines %s', o.id, o.total, coalesce(sum(l.quantity * l.price), 0))
FROM sales_order o LEFT JOIN sales_order_line l ON l.order_id = o.id
GROUP BY o.id HAVING o.total <> coalesce(sum(l.quantity * l.price), 0)

-- An open conversation has its work.
-- name: workless
SELECT format('conversation %s is open and has no work', v.id)
FROM conversation v JOIN customer c ON c.id = v.party_id
WHERE v.state = 'open' AND c.spam_at IS NULL AND NOT EXISTS (
    SELECT FROM work_item w WHERE w.conversation_id = v.id
        AND w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup'))

-- What ends by itself has the timer that ends it: offers, wrap-ups, and work of those who are gone.
-- name: timerless
SELECT format('%s %s has no timer', kind, subject)
FROM (
    SELECT 'offer_lapse' AS kind, id AS subject FROM offer WHERE state = 'pending'
    UNION ALL
    SELECT 'wrapup_end', id FROM work_item WHERE state = 'wrapup'
    UNION ALL
    SELECT 'item_idle', id FROM work_item WHERE state = 'active' AND waiting_for = 'customer'
    UNION ALL
    SELECT 'case_close', id FROM service_case WHERE state = 'resolved'
    UNION ALL
    SELECT 'agent_grace', a.id FROM agent a
    WHERE (a.gone_since IS NOT NULL OR a.presence = 'offline') AND EXISTS (
        SELECT FROM work_item w WHERE w.agent_id = a.id AND w.state IN ('active', 'wrapup'))
) wanted
WHERE NOT EXISTS (SELECT FROM timer t WHERE t.kind = wanted.kind AND t.subject = wanted.subject)

-- Timers that nobody has fired long after they were due, and those that were given up.
-- name: overdue
SELECT format('timer %s of %s is overdue by %s: %s', kind, subject, clock_timestamp() - due_at, last_error)
FROM timer WHERE parked_at IS NOT NULL OR due_at < clock_timestamp() - make_interval(secs => 10)

-- Nobody carries more than they can, unless a supervisor has made them.
-- name: overloaded
SELECT format('agent %s carries %s of %s', a.id, sum(c.weight), a.capacity)
FROM agent a JOIN (
    SELECT agent_id, weight FROM work_item WHERE state IN ('active', 'wrapup')
    UNION ALL
    SELECT o.agent_id, w.full_weight FROM offer o JOIN work_item w ON w.id = o.item_id
    WHERE o.state = 'pending'
) c ON c.agent_id = a.id
WHERE NOT EXISTS (
    SELECT FROM log l JOIN work_item w ON w.id = (l.fact ->> 'item')::bigint AND w.agent_id = a.id
    WHERE l.fact ->> 'fact' = 'ItemAssigned' AND l.fact ->> 'by' IS NOT NULL
        AND w.state IN ('active', 'wrapup'))
GROUP BY a.id HAVING sum(c.weight) > a.capacity

-- Work that has not ended, with what it waits for.
-- name: live
SELECT format('item %s is %s since %s: agent %s, offered to %s, queue %s, sticky %s until %s',
              w.id, w.state, coalesce(w.accepted_at, w.enqueued_at), w.agent_id, o.agent_id, w.queue,
              w.sticky_agent_id, w.sticky_until)
FROM work_item w LEFT JOIN offer o ON o.item_id = w.id AND o.state = 'pending'
WHERE w.state IN ('bot', 'queued', 'offered', 'active', 'wrapup') ORDER BY w.id

-- Agents who count as here.
-- name: here
SELECT format('agent %s', id) FROM agent WHERE gone_since IS NULL ORDER BY id

-- All that was said, as the record has it.
-- name: said
SELECT id, conversation_id AS conversation, number, position, author_kind, author_id AS author, text, request_id
FROM interaction WHERE kind = 'message' ORDER BY position

-- Commands that were done, each with its answer.
-- name: commands
SELECT person_id AS person, id, answer FROM command ORDER BY person_id, id

-- name: accepted
SELECT id, agent_id AS agent FROM offer WHERE state = 'accepted'

-- name: agents
SELECT id FROM agent ORDER BY id
