-- name: lock
SELECT id, kind, subject, metric, state, since, ran, target_s, calendar, ladder, rulebook_version, step
FROM clock WHERE id = ANY (ARRAY(
    SELECT c.id FROM unnest($1::text[], $2::bigint[]) AS k (kind, subject)
    CROSS JOIN LATERAL (SELECT id FROM clock WHERE kind = k.kind AND subject = k.subject OFFSET 0) c
)) ORDER BY id FOR UPDATE

-- name: lock_by_id
SELECT id, kind, subject, metric, state, since, ran, target_s, calendar, ladder, rulebook_version, step
FROM clock WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE

-- name: by_id
SELECT id, kind, subject, metric, state, since, ran, target_s, calendar, ladder, rulebook_version, step
FROM clock WHERE id = ANY ($1::bigint[]) ORDER BY id

-- name: of_subject
SELECT id, kind, subject, metric, state, since, ran, target_s, calendar, ladder, rulebook_version, step
FROM clock WHERE kind = $1 AND subject = $2 ORDER BY id

-- name: save
INSERT INTO clock (kind, subject, metric, state, since, ran, target_s, calendar, ladder,
                   rulebook_version, step, due_at)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::jsonb[],
                     $7::int[], $8::text[], $9::text[], $10::int[], $11::int[], $12::timestamptz[])
ON CONFLICT (kind, subject, metric) DO UPDATE
SET state = excluded.state, since = excluded.since, ran = excluded.ran, target_s = excluded.target_s,
    calendar = excluded.calendar, ladder = excluded.ladder,
    rulebook_version = excluded.rulebook_version, step = excluded.step, due_at = excluded.due_at
RETURNING id, kind, subject, metric

-- What targets and steps may ask: the thing, its customer, and the work on it that has not ended.
-- name: matters
SELECT k.kind, k.subject, c.customer,
       coalesce(s.queue, l.queue, w.queue) AS queue,
       CASE k.kind WHEN 'conversation' THEN w.channel ELSE k.kind END AS channel,
       coalesce(w.id, ws.id, wl.id) AS item, v.opened_at AS conversation_opened,
       v.tags AS conversation_tags, s.category, s.severity, s.state AS case_state,
       s.opened_at AS case_opened, s.subject AS case_subject
FROM unnest($1::text[], $2::bigint[]) AS k (kind, subject)
LEFT JOIN LATERAL (
    SELECT * FROM conversation WHERE k.kind = 'conversation' AND id = k.subject LIMIT 1
) v ON true
LEFT JOIN LATERAL (SELECT * FROM service_case WHERE k.kind = 'case' AND id = k.subject LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT * FROM sales_lead WHERE k.kind = 'lead' AND id = k.subject LIMIT 1) l ON true
CROSS JOIN LATERAL (
    SELECT whose AS customer FROM customer whose
    WHERE id = coalesce(v.party_id, s.party_id, l.party_id) LIMIT 1
) c
LEFT JOIN LATERAL (
    SELECT id, queue, channel FROM work_item WHERE conversation_id = v.id AND kind = 'conversation'
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup') LIMIT 1
) w ON true
LEFT JOIN LATERAL (
    SELECT id FROM work_item WHERE case_id = s.id AND case_id IS NOT NULL
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup') LIMIT 1
) ws ON true
LEFT JOIN LATERAL (
    SELECT id FROM work_item WHERE lead_id = l.id AND lead_id IS NOT NULL
        AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup') LIMIT 1
) wl ON true

-- The cases that conversations are about.
-- name: cases_of
SELECT DISTINCT case_id FROM case_conversation WHERE conversation_id = ANY ($1::bigint[])

-- name: climbed
INSERT INTO escalation (clock_id, begun_at, step, due_at, fired_at, held, done)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: climbed_of
SELECT clock_id AS clock, begun_at, step, due_at, fired_at, held, done
FROM escalation WHERE clock_id = ANY ($1::bigint[]) ORDER BY clock_id, fired_at, step

-- Under another rulebook each that is under way is looked at again.
-- name: look_again
INSERT INTO timer (kind, subject, due_at)
SELECT 'escalation', id, clock_timestamp() FROM clock WHERE state = 'running'
ON CONFLICT (kind, subject) DO UPDATE
SET due_at = excluded.due_at, generation = nextval('timer_generation'), attempts = 0, parked_at = NULL

-- name: raise_priority
UPDATE work_item SET band = $2 WHERE id = $1

-- name: agent_called
SELECT a.id FROM person p JOIN agent a ON a.id = p.id WHERE p.login = $1
