-- What people do together.

-- Undo of a send ------------------------------------------------------------------------------------

-- So many seconds a desktop holds this agent's replies before they leave; 0: not at all.
ALTER TABLE agent ADD COLUMN undo_s integer NOT NULL DEFAULT 5 CHECK (undo_s BETWEEN 0 AND 60);

-- Teams -------------------------------------------------------------------------------------------

-- A named group of agents. An agent may be in several: a team is whom a queue may draw on, and whoever
-- helps out at night with fiber is no less of the billing team. One that is archived has no members.
CREATE TABLE team (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL,
    lead_id      bigint REFERENCES person,  -- none: whoever led it does not supervise any more
    created_at   timestamptz NOT NULL,
    archived_at  timestamptz
);
CREATE UNIQUE INDEX team_name ON team (lower(name)) WHERE archived_at IS NULL;
CREATE INDEX team_lead ON team (lead_id);

CREATE TABLE team_member (
    agent_id  bigint NOT NULL REFERENCES agent,
    team_id   bigint NOT NULL REFERENCES team,
    PRIMARY KEY (agent_id, team_id)
);
CREATE INDEX team_member_team ON team_member (team_id);

-- Consults ------------------------------------------------------------------------------------------

-- A colleague is asked in by whoever has the work, which stays theirs; ended with `outcome`.
CREATE TABLE consult (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id    bigint NOT NULL REFERENCES work_item,
    asked_by   bigint NOT NULL REFERENCES agent,
    agent_id   bigint NOT NULL REFERENCES agent,
    question   text NOT NULL,
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'joined', 'ended')),
    outcome    text CHECK ((outcome IS NULL) = (state <> 'ended')),
    asked_at   timestamptz NOT NULL,
    joined_at  timestamptz,
    ended_at   timestamptz,
    CHECK (asked_by <> agent_id)
);
CREATE UNIQUE INDEX consult_live ON consult (item_id, agent_id) WHERE state <> 'ended';
CREATE INDEX consult_live_asker ON consult (asked_by) WHERE state <> 'ended';
CREATE INDEX consult_live_agent ON consult (agent_id) WHERE state <> 'ended';

-- The rulebook -------------------------------------------------------------------------------------------

-- A rulebook as it was written, with its comments; null where only the rules were given. `restores`: the
-- version that was published once more.
ALTER TABLE rulebook
    ADD COLUMN toml     text,
    ADD COLUMN note     text NOT NULL DEFAULT '',
    ADD COLUMN restores integer REFERENCES rulebook;

-- Satisfaction --------------------------------------------------------------------------------------

-- Also with what a bot has settled by itself.
ALTER TABLE satisfaction ALTER COLUMN agent_id DROP NOT NULL;
ALTER TABLE satisfaction ADD COLUMN bot_id bigint REFERENCES api_key;
ALTER TABLE satisfaction ADD CHECK (num_nonnulls(agent_id, bot_id) = 1);

-- Tags that are known ---------------------------------------------------------------------------------

-- Every word that somebody has put on something, to be suggested to who begins to write it.
CREATE TABLE known_tag (
    kind  text NOT NULL CHECK (kind IN ('customer', 'conversation')),
    tag   text NOT NULL,
    PRIMARY KEY (kind, tag)
);

INSERT INTO known_tag SELECT DISTINCT 'customer', unnest(tags) FROM customer;
INSERT INTO known_tag SELECT DISTINCT 'conversation', unnest(tags) FROM conversation;

-- Merges that were ruled out --------------------------------------------------------------------------

-- Two customers of whom somebody has said that they are not one person: each pair in both directions.
CREATE TABLE merge_dismissal (
    customer_id   bigint NOT NULL REFERENCES customer,
    other_id      bigint NOT NULL REFERENCES customer,
    dismissed_by  bigint REFERENCES person,
    dismissed_at  timestamptz NOT NULL,
    PRIMARY KEY (customer_id, other_id)
);
CREATE INDEX merge_dismissal_other ON merge_dismissal (other_id);

-- Search as one types ---------------------------------------------------------------------------------

-- A name or an address in words; what stands between words is none.
CREATE FUNCTION words_in(value text) RETURNS tsvector IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN to_tsvector('simple', translate(value, '@._+-/''', '       '));

-- What begins with all of the words, in the same words.
CREATE FUNCTION words_begun(value text) RETURNS tsquery IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN replace(
    plainto_tsquery('simple', translate(value, '@._+-/''', '       '))::text || ' ', ''' ', ''':* ')::tsquery;

CREATE INDEX customer_words ON customer USING gin (words_in(name)) WHERE name IS NOT NULL;
CREATE INDEX identity_mail_words ON identity USING gin (words_in(value)) WHERE scheme = 'email';
-- Of a number people know its end.
CREATE INDEX identity_phone_end ON identity (reverse(value) text_pattern_ops) WHERE scheme = 'phone';

-- As a search on the web is written; the last word, which may be half written, by its beginning. Not where
-- it is within quotes that are closed, or is not to be there.
CREATE FUNCTION said_query(value text) RETURNS tsquery IMMUTABLE STRICT PARALLEL SAFE LANGUAGE sql
RETURN CASE
    WHEN value ~ '(^|[\s"])[[:alnum:]][^\s"]*$' AND right(websearch_to_tsquery('simple', value)::text, 1) = ''''
    THEN (websearch_to_tsquery('simple', value)::text || ':*')::tsquery
    ELSE websearch_to_tsquery('simple', value)
END;

-- What was said is looked through from the newest on.
CREATE INDEX search_text_position ON search_text (position);

-- Timers ----------------------------------------------------------------------------------------------

-- As before; but what is taken back is found by its key, however many timers are pending.
CREATE OR REPLACE FUNCTION transaction_end(
    gone_kinds text[], gone_subjects bigint[],
    kinds text[], subjects bigint[], dues timestamptz[], facts json[],
    OUT first_seq bigint, OUT waited_us bigint, OUT before_us bigint
) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
    each text;
    gone bigint[];
BEGIN
    FOR each IN SELECT DISTINCT k FROM unnest(gone_kinds) k ORDER BY k LOOP
        gone := ARRAY(SELECT g.subject FROM unnest(gone_kinds, gone_subjects) AS g (kind, subject) WHERE g.kind = each);
        DELETE FROM timer t WHERE t.kind = each AND t.subject = ANY (gone);
    END LOOP;
    IF kinds <> '{}' THEN
        INSERT INTO timer (kind, subject, due_at) SELECT * FROM unnest(kinds, subjects, dues)
        ON CONFLICT (kind, subject) DO UPDATE  -- set again, it is a new generation
        SET due_at = excluded.due_at, generation = nextval('timer_generation'), attempts = 0,
            parked_at = NULL;
    END IF;
    before_us := extract(epoch FROM clock_timestamp() - began) * 1000000;
    IF cardinality(facts) > 0 THEN
        SELECT l.first_seq, l.waited_us INTO first_seq, waited_us FROM log_append(facts) l;
        before_us := before_us + waited_us;
    END IF;
END
$$;

-- Cases ---------------------------------------------------------------------------------------------

-- A matter that is followed from its opening to its end, whatever is said about it where. `owner_id`
-- is who took it last; who is at work on it now is its work item's to say.
CREATE TABLE service_case (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id      bigint NOT NULL REFERENCES customer,  -- whose it was when it was opened
    party_id         bigint NOT NULL REFERENCES customer,  -- whose it is, after merges
    category         text NOT NULL,
    severity         text NOT NULL CHECK (severity IN ('low', 'normal', 'high', 'critical')),
    state            text NOT NULL CHECK (state IN
                         ('new', 'open', 'pending_customer', 'pending_third_party', 'resolved', 'closed')),
    state_since      timestamptz NOT NULL,
    queue            text NOT NULL,
    owner_id         bigint REFERENCES agent,
    subject          text NOT NULL,
    description      text NOT NULL,
    resolution_code  text,
    resolution       text,
    reopened         integer NOT NULL DEFAULT 0,
    opened_by_kind   text NOT NULL CHECK (opened_by_kind IN ('person', 'bot', 'system')),
    opened_by        bigint,
    opened_key       text,  -- by which opening it again is the same case
    opened_at        timestamptz NOT NULL,
    resolved_at      timestamptz,
    closed_at        timestamptz,
    CHECK ((state IN ('resolved', 'closed')) = (resolution_code IS NOT NULL)),
    CHECK ((state IN ('resolved', 'closed')) = (resolved_at IS NOT NULL)),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX service_case_key ON service_case (opened_by_kind, opened_by, opened_key)
    WHERE opened_key IS NOT NULL;
CREATE INDEX service_case_party ON service_case (party_id, id DESC);
CREATE INDEX service_case_customer ON service_case (customer_id);
CREATE INDEX service_case_state ON service_case (state, id DESC);
CREATE INDEX service_case_owner ON service_case (owner_id, id DESC);

CREATE TABLE case_conversation (
    case_id          bigint NOT NULL REFERENCES service_case,
    conversation_id  bigint NOT NULL REFERENCES conversation,
    linked_at        timestamptz NOT NULL,
    PRIMARY KEY (case_id, conversation_id)
);
CREATE INDEX case_conversation_conversation ON case_conversation (conversation_id, case_id);

-- What happened to a case: who, when, each field's value before and after, and words.
CREATE TABLE case_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id     bigint NOT NULL REFERENCES service_case,
    at          timestamptz NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('opened', 'changed', 'linked', 'unlinked', 'note')),
    by_kind     text NOT NULL CHECK (by_kind IN ('person', 'bot', 'customer', 'system')),
    by_id       bigint,
    changes     jsonb NOT NULL DEFAULT '{}',
    text        text NOT NULL DEFAULT ''
);
CREATE INDEX case_event_case ON case_event (case_id, id);

-- Cases as they are shown, with the names of whose they are.
CREATE VIEW case_shown AS
SELECT k.id, k.party_id AS customer, c.name AS customer_name, k.category, k.severity, k.state,
       k.state_since, k.queue, k.owner_id AS owner, p.name AS owner_name, k.subject, k.description,
       k.resolution_code, k.resolution, k.reopened, k.opened_by_kind, k.opened_by, k.opened_at,
       k.resolved_at, k.closed_at
FROM service_case k
JOIN customer c ON c.id = k.party_id
LEFT JOIN person p ON p.id = k.owner_id;

-- Whose words put a case that waits for them back to work is read from the log.
INSERT INTO log_cursor (reader, seq) SELECT 'cases', coalesce(max(seq), 0) FROM log;

-- Leads and orders ----------------------------------------------------------------------------------

-- Somebody may buy something: for a salesperson to find out. `value` in minor units of `currency`.
CREATE TABLE sales_lead (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  bigint NOT NULL REFERENCES customer,
    party_id     bigint NOT NULL REFERENCES customer,
    state        text NOT NULL CHECK (state IN ('new', 'open', 'won', 'lost')),
    source       text NOT NULL,
    product      text NOT NULL,
    region       text,
    value        bigint CHECK (value >= 0),
    currency     text,
    note         text NOT NULL DEFAULT '',
    queue        text NOT NULL,
    agent_id     bigint REFERENCES agent,  -- who took it last
    made_by_kind text NOT NULL CHECK (made_by_kind IN ('person', 'bot', 'system')),
    made_by      bigint,
    made_key     text,
    arrived_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    CHECK ((value IS NULL) = (currency IS NULL)),
    CHECK ((state IN ('won', 'lost')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX sales_lead_key ON sales_lead (made_by_kind, made_by, made_key)
    WHERE made_key IS NOT NULL;
CREATE INDEX sales_lead_party ON sales_lead (party_id, id DESC);
CREATE INDEX sales_lead_customer ON sales_lead (customer_id);
CREATE INDEX sales_lead_state ON sales_lead (state, id DESC);

-- Amounts in minor units of `currency`; `total` is that of the lines, written once with them.
CREATE TABLE sales_order (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id  bigint NOT NULL REFERENCES customer,
    party_id     bigint NOT NULL REFERENCES customer,
    state        text NOT NULL CHECK (state IN
                     ('draft', 'confirmed', 'fulfilment', 'completed', 'cancelled')),
    currency     text NOT NULL,
    total        bigint NOT NULL CHECK (total >= 0),
    made_by_kind text NOT NULL CHECK (made_by_kind IN ('person', 'bot', 'system')),
    made_by      bigint,
    made_key     text,
    made_at      timestamptz NOT NULL,
    state_since  timestamptz NOT NULL
);
CREATE UNIQUE INDEX sales_order_key ON sales_order (made_by_kind, made_by, made_key)
    WHERE made_key IS NOT NULL;
CREATE INDEX sales_order_party ON sales_order (party_id, id DESC);
CREATE INDEX sales_order_customer ON sales_order (customer_id);
CREATE INDEX sales_order_state ON sales_order (state, id DESC);

CREATE TABLE sales_order_line (
    order_id  bigint NOT NULL REFERENCES sales_order ON DELETE CASCADE,
    number    integer NOT NULL,
    sku       text NOT NULL,
    name      text NOT NULL,
    quantity  integer NOT NULL CHECK (quantity > 0),
    price     bigint NOT NULL CHECK (price >= 0),
    PRIMARY KEY (order_id, number)
);

-- Work ------------------------------------------------------------------------------------------------

-- What a work item is about: a conversation, a case or a lead. Each has at most one that has not ended.
ALTER TABLE work_item
    ALTER conversation_id DROP NOT NULL,
    ADD case_id bigint REFERENCES service_case,
    ADD lead_id bigint REFERENCES sales_lead,
    DROP CONSTRAINT work_item_kind_check,
    ADD CONSTRAINT work_item_subject CHECK (
        num_nonnulls(conversation_id, case_id, lead_id) = 1
        AND kind = CASE WHEN conversation_id IS NOT NULL THEN 'conversation'
                        WHEN case_id IS NOT NULL THEN 'case' ELSE 'lead' END
    );
CREATE UNIQUE INDEX work_item_live_case ON work_item (case_id)
    WHERE case_id IS NOT NULL AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup');
CREATE UNIQUE INDEX work_item_live_lead ON work_item (lead_id)
    WHERE lead_id IS NOT NULL AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup');

-- Lock work, as before, and now whatever it is about: what has no case or lead pays nothing for it.
DROP FUNCTION work_hold;
CREATE FUNCTION work_hold(
    wanted bigint[], agents bigint[], offered bigint[],
    OUT conversations conversation[], OUT cases service_case[], OUT leads sales_lead[],
    OUT items work_item[], OUT offers jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[] := wanted || ARRAY(SELECT item_id FROM offer WHERE id = ANY (offered));
    spoken bigint[];
    followed bigint[];
    sold bigint[];
BEGIN
    cases := '{}'; leads := '{}';
    SELECT array_agg(conversation_id), array_agg(case_id) FILTER (WHERE case_id IS NOT NULL),
           array_agg(lead_id) FILTER (WHERE lead_id IS NOT NULL)
    INTO spoken, followed, sold FROM work_item WHERE id = ANY (ids);
    SELECT coalesce(array_agg(ROW(v.*)::conversation), '{}') INTO conversations FROM (
        SELECT * FROM conversation WHERE id = ANY (spoken) ORDER BY id FOR NO KEY UPDATE
    ) v;
    IF followed IS NOT NULL THEN
        SELECT coalesce(array_agg(ROW(k.*)::service_case), '{}') INTO cases FROM (
            SELECT * FROM service_case WHERE id = ANY (followed) ORDER BY id FOR NO KEY UPDATE
        ) k;
    END IF;
    IF sold IS NOT NULL THEN
        SELECT coalesce(array_agg(ROW(l.*)::sales_lead), '{}') INTO leads FROM (
            SELECT * FROM sales_lead WHERE id = ANY (sold) ORDER BY id FOR NO KEY UPDATE
        ) l;
    END IF;
    SELECT coalesce(array_agg(ROW(w.*)::work_item), '{}') INTO items FROM (
        SELECT * FROM work_item WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
    ) w;
    PERFORM FROM agent WHERE id = ANY (agents) ORDER BY id FOR NO KEY UPDATE;
    SELECT coalesce(jsonb_agg(to_jsonb(o) - 'explanation'), '[]') INTO offers FROM (
        SELECT * FROM offer WHERE id = ANY (offered) ORDER BY id FOR NO KEY UPDATE
    ) o;
END
$$;

-- What offers are decided by, as before; beside the item an offer shows what it is about: the
-- customer's last words, a case's subject, a lead's product. The party is the item's own customer.
CREATE OR REPLACE FUNCTION offer_hold(
    lease_epoch bigint, wanted bigint[], candidates bigint[],
    OUT leads boolean, OUT items work_item[], OUT agents agent[], OUT carried jsonb, OUT shown jsonb
) LANGUAGE plpgsql AS $$
BEGIN
    items := '{}'; agents := '{}'; carried := '[]'; shown := '[]';
    PERFORM FROM lease
    WHERE name = 'router' AND epoch = lease_epoch AND expires_at > clock_timestamp() FOR SHARE;
    leads := FOUND;
    IF NOT leads THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(ROW(w.*)::work_item), '{}') INTO items FROM (
        SELECT * FROM work_item WHERE id = ANY (wanted) ORDER BY id FOR NO KEY UPDATE
    ) w;
    SELECT coalesce(array_agg(ROW(a.*)::agent), '{}') INTO agents FROM (
        SELECT * FROM agent WHERE id = ANY (candidates) ORDER BY id FOR NO KEY UPDATE
    ) a;
    SELECT coalesce(jsonb_agg(to_jsonb(c)), '[]') INTO carried FROM agent_carried(candidates) c;
    SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') INTO shown FROM (
        SELECT w.id AS item_id, v.bot_id, c.name, c.tier, c.value, k.severity,
               coalesce(said.text, k.subject, l.product, '') AS excerpt
        FROM work_item w
        JOIN customer c ON c.id = w.customer_id
        LEFT JOIN conversation v ON v.id = w.conversation_id
        LEFT JOIN service_case k ON k.id = w.case_id
        LEFT JOIN sales_lead l ON l.id = w.lead_id
        LEFT JOIN LATERAL (
            SELECT left(text, 280) AS text FROM interaction i
            WHERE i.conversation_id = v.id AND i.direction = 'inbound' ORDER BY i.number DESC LIMIT 1
        ) said ON true
        WHERE w.id = ANY (wanted)
    ) s;
END
$$;
-- Alerts ----------------------------------------------------------------------------------------------

CREATE TABLE alert (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind             text NOT NULL,
    urgency          text NOT NULL CHECK (urgency IN ('notice', 'warning', 'critical')),
    subject_kind     text NOT NULL,
    subject          bigint NOT NULL,
    title            text NOT NULL,
    "values"         jsonb NOT NULL,
    addressee        text NOT NULL CHECK (addressee IN ('agent', 'supervisor', 'administrator')),
    agent_id         bigint REFERENCES agent CHECK (agent_id IS NOT NULL OR addressee <> 'agent'),
    raised_at        timestamptz NOT NULL,
    acknowledged_at  timestamptz,
    acknowledged_by  bigint REFERENCES person
);
-- One about the same thing at a time.
CREATE UNIQUE INDEX alert_open ON alert (kind, subject_kind, subject) WHERE acknowledged_at IS NULL;

CREATE INDEX timer_parked ON timer (parked_at) WHERE parked_at IS NOT NULL;

-- Scripts -------------------------------------------------------------------------------------------

-- An agent is led through a script of that version of the rulebook. `path`: the stops to which one may go
-- back. `step` grows with each step, and says of a step that comes twice that it is done.
CREATE TABLE script_run (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id   bigint NOT NULL REFERENCES work_item,
    script    text NOT NULL,
    version   integer NOT NULL REFERENCES rulebook,
    node      text NOT NULL,
    path      text[] NOT NULL DEFAULT '{}',
    answers   jsonb NOT NULL DEFAULT '[]',
    step      integer NOT NULL DEFAULT 0,
    begun_by  bigint NOT NULL REFERENCES agent,
    begun_at  timestamptz NOT NULL,
    done_at   timestamptz
);
CREATE UNIQUE INDEX script_run_live ON script_run (item_id) WHERE done_at IS NULL;
CREATE INDEX script_run_item ON script_run (item_id);

-- Clocks ----------------------------------------------------------------------------------------------

-- A target's clock: one for each thing that is asked of each conversation, case and lead. `ran`: when it
-- ran; `step`: how many steps of its ladder are behind it; `due_at`: when the target is or was reached.
CREATE TABLE clock (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('conversation', 'case', 'lead')),
    subject           bigint NOT NULL,
    metric            text NOT NULL,
    state             text NOT NULL CHECK (state IN ('running', 'paused', 'stopped', 'cancelled')),
    since             timestamptz NOT NULL,
    ran               jsonb NOT NULL,
    target_s          integer NOT NULL,
    calendar          text,
    ladder            text,
    rulebook_version  integer NOT NULL,
    step              integer NOT NULL,
    due_at            timestamptz,
    UNIQUE (kind, subject, metric)
);
CREATE INDEX clock_running ON clock (id) WHERE state = 'running';

-- The steps that were climbed. `held`: whether the step's condition was true, so that it was done.
CREATE TABLE escalation (
    clock_id  bigint NOT NULL REFERENCES clock,
    begun_at  timestamptz NOT NULL,  -- of the count from zero
    step      integer NOT NULL,
    due_at    timestamptz NOT NULL,
    fired_at  timestamptz NOT NULL,
    held      boolean NOT NULL,
    done      text[] NOT NULL,
    PRIMARY KEY (clock_id, begun_at, step)
);

-- Automations -----------------------------------------------------------------------------------------

ALTER TABLE interaction ADD COLUMN automatic boolean NOT NULL DEFAULT false;

-- An automation that answered the fact `seq`: what it asked (`known`), what it did, or why not.
CREATE TABLE automation_run (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq               bigint NOT NULL,
    automation        text NOT NULL,
    rulebook_version  integer NOT NULL,
    trigger           text NOT NULL,
    customer_id       bigint NOT NULL,
    conversation_id   bigint,
    case_id           bigint,
    lead_id           bigint,
    order_id          bigint,
    depth             integer NOT NULL,
    outcome           text NOT NULL CHECK (outcome IN ('done', 'failed', 'cut_off')),
    did               text[] NOT NULL,
    why               text NOT NULL,
    known             jsonb NOT NULL,
    at                timestamptz NOT NULL,
    UNIQUE (seq, automation)
);
CREATE INDEX automation_run_customer ON automation_run (customer_id, at);
CREATE INDEX automation_run_conversation ON automation_run (conversation_id, id DESC);
CREATE INDEX automation_run_automation ON automation_run (automation, at);
CREATE INDEX automation_run_at ON automation_run (at);

INSERT INTO log_cursor (reader, seq) SELECT 'automations', coalesce(max(seq), 0) FROM log;
