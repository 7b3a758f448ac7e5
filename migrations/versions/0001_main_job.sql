-- The main job: people, customers, conversations, work, offers, timers, and the log.
-- States are text with a check, so that a row reads as a sentence in psql.

-- People who work here -------------------------------------------------------------------------

CREATE TABLE person (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login          text NOT NULL CONSTRAINT person_login UNIQUE,
    name           text NOT NULL,
    role           text NOT NULL CHECK (role IN ('agent', 'supervisor', 'administrator')),
    password_hash  text,
    failures       integer NOT NULL DEFAULT 0,
    locked_until   timestamptz,
    disabled_at    timestamptz,
    created_at     timestamptz NOT NULL
);

CREATE TABLE staff_session (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash  bytea NOT NULL CONSTRAINT staff_session_token UNIQUE,
    person_id   bigint NOT NULL REFERENCES person,
    address     text NOT NULL DEFAULT '',  -- from where, and with what: by which people know their own
    browser     text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX staff_session_live ON staff_session (person_id) WHERE revoked_at IS NULL;

CREATE TABLE one_time_link (
    token_hash  bytea PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES person,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);

-- An agent is a person who takes work. What the engine needs to know of one stands in one row, and
-- whatever takes capacity locks that row.
CREATE TABLE agent (
    id              bigint PRIMARY KEY REFERENCES person,
    skills          jsonb NOT NULL DEFAULT '{}',
    queues          text[] NOT NULL DEFAULT '{}',  -- empty: every queue
    capacity        integer NOT NULL DEFAULT 3 CHECK (capacity >= 0),
    ceilings        jsonb NOT NULL DEFAULT '{}',
    presence        text NOT NULL DEFAULT 'offline'
                    CHECK (presence IN ('offline', 'available', 'away')),
    presence_reason text,
    presence_since  timestamptz NOT NULL,
    gone_since      timestamptz DEFAULT now(),  -- no socket since then; NULL: here
    idle_since      timestamptz NOT NULL,
    cooldown_until  timestamptz,
    misses          integer NOT NULL DEFAULT 0
);

CREATE TABLE process (
    id          text PRIMARY KEY,
    started_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE TABLE socket (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    process_id  text NOT NULL REFERENCES process ON DELETE CASCADE,
    agent_id    bigint NOT NULL REFERENCES agent,
    session_id  bigint NOT NULL REFERENCES staff_session,
    opened_at   timestamptz NOT NULL
);
CREATE INDEX socket_agent ON socket (agent_id);

CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_kind  text NOT NULL CHECK (actor_kind IN ('person', 'bot', 'system', 'nobody')),
    actor_id    bigint,
    action      text NOT NULL,
    subject_kind text NOT NULL,
    subject_id  bigint,
    detail      jsonb NOT NULL DEFAULT '{}',
    request_id  text
);
CREATE INDEX audit_subject ON audit (subject_kind, subject_id, id);
CREATE INDEX audit_actor ON audit (actor_id, id);

-- A frame's command and the one answer that it gets, whoever asks again.
CREATE TABLE command (
    person_id   bigint NOT NULL REFERENCES person,
    id          text NOT NULL,
    at          timestamptz NOT NULL,
    digest      bytea NOT NULL,
    answer      jsonb,
    PRIMARY KEY (person_id, id)
);
CREATE INDEX command_at ON command (at);

-- Programs that work here, and the accounts by which customers reach us --------------------------

CREATE TABLE api_key (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL,
    secret_hash     bytea NOT NULL CONSTRAINT api_key_secret UNIQUE,
    scopes          text[] NOT NULL,
    webhook_url     text,
    webhook_secret  text CHECK ((webhook_url IS NULL) = (webhook_secret IS NULL)),
    webhook_secret_former text,  -- signs too, until webhook_secret_former_until
    webhook_secret_former_until timestamptz,
    created_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);
-- By its name the rulebook knows a bot: a key that replaces a revoked one takes its name.
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at IS NULL;

CREATE TABLE connection (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL CONSTRAINT connection_name UNIQUE,
    channel     text NOT NULL,
    origins     text[] NOT NULL DEFAULT '{}',
    secrets     text[] NOT NULL DEFAULT '{}',
    api_key_id  bigint REFERENCES api_key,
    created_at  timestamptz NOT NULL,
    disabled_at timestamptz
);
CREATE UNIQUE INDEX connection_api_key ON connection (api_key_id) WHERE api_key_id IS NOT NULL;

-- Customers ---------------------------------------------------------------------------------------

CREATE TABLE customer (
    id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name                 text,
    value                integer NOT NULL DEFAULT 0 CHECK (value BETWEEN 0 AND 100),
    tier                 text,
    propensity_to_leave  double precision NOT NULL DEFAULT 0 CHECK (propensity_to_leave BETWEEN 0 AND 1),
    language             text,
    territory            text,
    attributes           jsonb NOT NULL DEFAULT '{}',
    tags                 text[] NOT NULL DEFAULT '{}',
    spam_at              timestamptz,
    merged_into          bigint REFERENCES customer CHECK (merged_into <> id),
    created_at           timestamptz NOT NULL
);
CREATE INDEX customer_name ON customer (lower(name) text_pattern_ops);
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE identity (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scheme       text NOT NULL,
    scope        text NOT NULL,
    value        text NOT NULL,
    customer_id  bigint NOT NULL REFERENCES customer,
    verified     boolean NOT NULL,
    since        timestamptz NOT NULL,
    blocked_at   timestamptz,
    CONSTRAINT identity_key UNIQUE (scheme, scope, value)
);
CREATE INDEX identity_customer ON identity (customer_id);
CREATE INDEX identity_value ON identity (scheme, value);

-- What an anonymous or signed-in visitor holds: an opaque token, and the identities it has proven.
CREATE TABLE visitor_session (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash     bytea NOT NULL CONSTRAINT visitor_session_token UNIQUE,
    connection_id  bigint NOT NULL REFERENCES connection,
    scheme         text NOT NULL,
    scope          text NOT NULL,
    value          text NOT NULL,
    verified       boolean NOT NULL,
    claims         jsonb NOT NULL DEFAULT '{}',
    joined         jsonb NOT NULL DEFAULT '[]',
    context        jsonb NOT NULL DEFAULT '{}',
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    ended_at       timestamptz
);

-- Conversations -------------------------------------------------------------------------------------

-- A foreign key costs more than the row that it looks after. Where everything comes in there is one
-- only where two transactions could part what belongs together; `checks.sql` looks for orphans.

CREATE TABLE conversation (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id      bigint NOT NULL,  -- whose it was when it began
    party_id         bigint NOT NULL REFERENCES customer,  -- whose it is, after merges
    state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    close_reason     text,
    last_number      integer NOT NULL DEFAULT 0,
    read_number      integer NOT NULL DEFAULT 0,
    answered_number  integer NOT NULL DEFAULT 0,
    answered_kind    text,
    answered_id      bigint,
    last_agent_id    bigint REFERENCES agent,
    bot_id           bigint REFERENCES api_key,
    connection_id    bigint,
    identity_id      bigint,
    tags             text[] NOT NULL DEFAULT '{}',
    opened_at        timestamptz NOT NULL,
    closed_at        timestamptz
);
-- Two open conversations of one party cannot both be.
CREATE UNIQUE INDEX conversation_open ON conversation (party_id) WHERE state = 'open';
CREATE INDEX conversation_party ON conversation (party_id, id DESC);
CREATE INDEX conversation_customer ON conversation (customer_id);

CREATE SEQUENCE interaction_id;
CREATE SEQUENCE interaction_position;

-- The widest and busiest table.
CREATE TABLE interaction (
    id               bigint PRIMARY KEY,
    position         bigint NOT NULL DEFAULT nextval('interaction_position'),
    conversation_id  bigint NOT NULL,
    number           integer NOT NULL,
    kind             text NOT NULL,
    direction        text NOT NULL CHECK (direction IN ('inbound', 'outbound', 'internal')),
    channel          text NOT NULL,
    connection_id    bigint,
    identity_id      bigint,
    author_kind      text NOT NULL CHECK (author_kind IN ('customer', 'bot', 'agent', 'system')),
    author_id        bigint,
    text             text NOT NULL,
    parts            jsonb NOT NULL DEFAULT '[]',
    delivery         text CHECK (delivery IN
                         ('queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'failed', 'unknown')),
    occurred_at      timestamptz NOT NULL,
    received_at      timestamptz NOT NULL,
    request_id       text,
    CONSTRAINT interaction_number UNIQUE (conversation_id, number)
);
-- What was said by or to an identity, in order: what a visitor may see and where they resume.
CREATE INDEX interaction_identity ON interaction (identity_id, position)
    WHERE kind IN ('message', 'reminder');

-- One interaction per connection and key. A table of its own, so that interactions can be partitioned.
CREATE TABLE dedupe (
    connection_id   bigint NOT NULL,
    key             text NOT NULL,
    digest          bytea NOT NULL,
    interaction_id  bigint NOT NULL DEFAULT nextval('interaction_id'),
    PRIMARY KEY (connection_id, key)
);

-- Work ----------------------------------------------------------------------------------------------

CREATE TABLE work_item (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id  bigint NOT NULL REFERENCES conversation,
    customer_id      bigint NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('conversation')),
    state            text NOT NULL CHECK (state IN
                         ('bot', 'queued', 'offered', 'active', 'wrapup', 'done', 'abandoned', 'cancelled')),
    epoch            integer NOT NULL DEFAULT 1,
    queue            text NOT NULL,
    channel          text NOT NULL,
    weight           integer NOT NULL CHECK (weight >= 0),
    full_weight      integer NOT NULL CHECK (full_weight >= 0),
    requirement      jsonb NOT NULL,
    asked            jsonb NOT NULL DEFAULT '{}',  -- of the requirement, what a bot's hand-over wants
    band             integer NOT NULL DEFAULT 0,
    enqueued_at      timestamptz NOT NULL,
    head_start_us    bigint NOT NULL DEFAULT 0,
    head_start_words jsonb NOT NULL DEFAULT '[]',
    sticky_agent_id  bigint REFERENCES agent,
    sticky_until     timestamptz,
    agent_id         bigint REFERENCES agent,
    passed_on_by     bigint REFERENCES agent,  -- gave it away; is not offered it at once
    bot_id           bigint REFERENCES api_key,
    waiting_for      text NOT NULL CHECK (waiting_for IN ('us', 'customer')),
    waiting_since    timestamptz NOT NULL,
    reminded_at      timestamptz,
    intent           text,
    disposition      text,
    rulebook_version integer NOT NULL,
    opened_at        timestamptz NOT NULL,
    accepted_at      timestamptz,
    ended_at         timestamptz
);
CREATE UNIQUE INDEX work_item_live ON work_item (conversation_id)
    WHERE kind = 'conversation' AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup');
CREATE INDEX work_item_agent ON work_item (agent_id) WHERE state IN ('active', 'wrapup');
CREATE INDEX work_item_customer ON work_item (customer_id);
CREATE INDEX work_item_open ON work_item (state, queue)
    WHERE state IN ('bot', 'queued', 'offered', 'active', 'wrapup');
CREATE INDEX work_item_conversation ON work_item (conversation_id, id DESC);

-- When a wait in a queue ended, how, and after how long: what service level is counted from.
CREATE TABLE queue_wait (
    item_id      bigint NOT NULL REFERENCES work_item,
    epoch        integer NOT NULL,
    queue        text NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('answered', 'abandoned')),
    enqueued_at  timestamptz NOT NULL,
    ended_at     timestamptz NOT NULL,
    within       boolean NOT NULL,
    PRIMARY KEY (item_id, epoch)
);
CREATE INDEX queue_wait_ended ON queue_wait (ended_at);

CREATE TABLE offer (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item_id     bigint NOT NULL REFERENCES work_item,
    queue       text NOT NULL,  -- where it waited then
    agent_id    bigint NOT NULL REFERENCES agent,
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN
                    ('pending', 'accepted', 'declined', 'expired', 'rescinded')),
    reason      text,
    made_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    ended_at    timestamptz,
    excluded_until timestamptz,
    sentence    text NOT NULL,
    explanation jsonb NOT NULL,
    rulebook_version integer NOT NULL
);
CREATE UNIQUE INDEX offer_pending ON offer (item_id) WHERE state = 'pending';
CREATE INDEX offer_agent_pending ON offer (agent_id) WHERE state = 'pending';
CREATE INDEX offer_item ON offer (item_id, id DESC);
CREATE INDEX offer_made ON offer (made_at);

-- Out of the house ------------------------------------------------------------------------------------

-- What one key is told of one conversation, in order. Only the head of a stream, its oldest pending
-- event, is ever sent, and only heads are looked for: `due_at` is when the head may be claimed, which
-- is its next attempt, or the end of the lease under which it is being sent.
CREATE TABLE webhook_stream (
    api_key_id        bigint NOT NULL REFERENCES api_key,
    conversation_id   bigint NOT NULL,
    last_number       integer NOT NULL,
    delivered_number  integer NOT NULL DEFAULT 0,  -- the newest that arrived
    head_number       integer,                     -- null: nothing is pending
    due_at            timestamptz NOT NULL,
    lease_until       timestamptz,                 -- null: not being sent
    PRIMARY KEY (api_key_id, conversation_id)
);
CREATE INDEX webhook_stream_due ON webhook_stream (api_key_id, due_at) WHERE head_number IS NOT NULL;

-- `number` is what the bot sees, from 1 without holes. `interaction_id` where arriving there is how
-- the interaction is delivered. It is parked a stated time after `pending_since`.
CREATE TABLE webhook_event (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    api_key_id       bigint NOT NULL REFERENCES api_key,
    conversation_id  bigint NOT NULL,
    number           integer NOT NULL,
    type             text NOT NULL,
    at               timestamptz NOT NULL,
    data             json NOT NULL,
    interaction_id   bigint,
    state            text NOT NULL DEFAULT 'pending'
                     CHECK (state IN ('pending', 'delivered', 'parked')),
    attempts         integer NOT NULL DEFAULT 0,
    pending_since    timestamptz NOT NULL,
    delivered_at     timestamptz,
    last_error       text,
    CONSTRAINT webhook_event_number UNIQUE (api_key_id, conversation_id, number)
);
CREATE INDEX webhook_event_pending ON webhook_event (api_key_id, conversation_id, number)
    WHERE state = 'pending';
CREATE INDEX webhook_event_parked ON webhook_event (id) WHERE state = 'parked';

-- Rules, leases, timers, the log ---------------------------------------------------------------------------

CREATE TABLE rulebook (
    version       integer PRIMARY KEY,
    document      jsonb NOT NULL,
    digest        bytea NOT NULL,
    author        text NOT NULL,
    published_at  timestamptz NOT NULL
);

CREATE TABLE lease (
    name        text PRIMARY KEY,
    holder      text NOT NULL,
    epoch       bigint NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE SEQUENCE timer_generation;

CREATE TABLE timer (
    kind        text NOT NULL,
    subject     bigint NOT NULL,
    due_at      timestamptz NOT NULL,
    generation  bigint NOT NULL DEFAULT nextval('timer_generation'),
    attempts    integer NOT NULL DEFAULT 0,
    parked_at   timestamptz,
    last_error  text,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX timer_due ON timer (due_at) WHERE parked_at IS NULL;

CREATE TABLE log (
    seq   bigint PRIMARY KEY,
    at    timestamptz NOT NULL,
    fact  json NOT NULL
);
CREATE SEQUENCE log_seq;

-- Readers with effects keep their place here, in the transaction of their effect.
CREATE TABLE log_cursor (
    reader  text PRIMARY KEY,
    seq     bigint NOT NULL
);
INSERT INTO log_cursor (reader, seq) VALUES ('webhooks', 0);

-- The transaction's last call. The lock makes the order of numbers the order of commits; it is held
-- from here to the commit, so nothing else may follow. Returns the first number, and how long the
-- lock was waited for.
CREATE FUNCTION log_append(facts json[], OUT first_seq bigint, OUT waited_us bigint)
LANGUAGE plpgsql AS $$
DECLARE
    asked timestamptz := clock_timestamp();
BEGIN
    PERFORM pg_advisory_xact_lock(20261121);
    waited_us := extract(epoch FROM clock_timestamp() - asked) * 1000000;
    INSERT INTO log (seq, at, fact)
    SELECT nextval('log_seq'), clock_timestamp(), fact
    FROM unnest(facts) WITH ORDINALITY AS f (fact, place) ORDER BY place;
    first_seq := currval('log_seq') - cardinality(facts) + 1;
END
$$;

-- The end of a transaction that has timers: those taken back, those set, and then the log, if anything
-- is to be said. `before_us`: how long it took until the log's lock was had.
CREATE FUNCTION transaction_end(
    gone_kinds text[], gone_subjects bigint[],
    kinds text[], subjects bigint[], dues timestamptz[], facts json[],
    OUT first_seq bigint, OUT waited_us bigint, OUT before_us bigint
) LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz := clock_timestamp();
BEGIN
    IF gone_kinds <> '{}' THEN
        DELETE FROM timer t USING unnest(gone_kinds, gone_subjects) AS g (kind, subject)
        WHERE t.kind = g.kind AND t.subject = g.subject;
    END IF;
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

-- Lock work: the conversations of items, named or offered, then the items, agents and offers. One
-- call, each lock a statement of its own, as in receive_begin. An item that was moved while its lock was
-- waited for comes without its conversation.
CREATE FUNCTION work_hold(
    wanted bigint[], agents bigint[], offered bigint[],
    OUT conversations conversation[], OUT items work_item[], OUT offers jsonb
) LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[] := wanted || ARRAY(SELECT item_id FROM offer WHERE id = ANY (offered));
    places bigint[] := ARRAY(SELECT conversation_id FROM work_item WHERE id = ANY (ids));
BEGIN
    SELECT coalesce(array_agg(ROW(v.*)::conversation), '{}') INTO conversations FROM (
        SELECT * FROM conversation WHERE id = ANY (places) ORDER BY id FOR NO KEY UPDATE
    ) v;
    SELECT coalesce(array_agg(ROW(w.*)::work_item), '{}') INTO items FROM (
        SELECT * FROM work_item WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
    ) w;
    PERFORM FROM agent WHERE id = ANY (agents) ORDER BY id FOR NO KEY UPDATE;
    SELECT coalesce(jsonb_agg(to_jsonb(o) - 'explanation'), '[]') INTO offers FROM (
        SELECT * FROM offer WHERE id = ANY (offered) ORDER BY id FOR NO KEY UPDATE
    ) o;
END
$$;

-- What takes the capacity of agents: active work, wrap-up and pending offers.
CREATE FUNCTION agent_carried(agents bigint[])
RETURNS TABLE (agent_id bigint, channel text, weight integer) LANGUAGE sql STABLE AS $$
    SELECT agent_id, channel, weight FROM work_item
    WHERE agent_id = ANY (agents) AND state IN ('active', 'wrapup')
    UNION ALL
    SELECT o.agent_id, w.channel, w.full_weight
    FROM offer o JOIN work_item w ON w.id = o.item_id
    WHERE o.agent_id = ANY (agents) AND o.state = 'pending'
$$;

-- What offers are decided by, in one call: whether the router's lease of that epoch holds (who would
-- take it waits until this transaction ends), then the locked items and agents, what the agents carry,
-- and what an offer shows beside the item: who the customer is, and their last words.
CREATE FUNCTION offer_hold(
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
        SELECT w.id AS item_id, v.bot_id, c.name, c.tier, c.value, coalesce(said.text, '') AS excerpt
        FROM work_item w
        JOIN conversation v ON v.id = w.conversation_id
        JOIN customer c ON c.id = v.party_id
        LEFT JOIN LATERAL (
            SELECT left(text, 280) AS text FROM interaction i
            WHERE i.conversation_id = v.id AND i.direction = 'inbound' ORDER BY i.number DESC LIMIT 1
        ) said ON true
        WHERE w.id = ANY (wanted)
    ) s;
END
$$;

-- The customer that another is known as, at the end of its merges.
CREATE FUNCTION customer_root(customer bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT id, merged_into FROM customer WHERE id = $1
        UNION ALL
        SELECT c.id, c.merged_into FROM customer c JOIN chain ON c.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL
$$;

-- A customer for each identity, in the order given, which is the same for everybody: two who meet the
-- same new ones do not wait for each other in a circle. NULL where the identity was taken by then.
CREATE FUNCTION identity_make(
    schemes text[], scopes text[], idents text[], verified boolean[], at timestamptz,
    OUT identities bigint[], OUT customers bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    made_customer bigint;
    made_identity bigint;
BEGIN
    FOR place IN 1 .. cardinality(idents) LOOP
        INSERT INTO customer (created_at) VALUES (at) RETURNING id INTO made_customer;
        INSERT INTO identity (scheme, scope, value, customer_id, verified, since)
        VALUES (schemes[place], scopes[place], idents[place], made_customer, verified[place], at)
        ON CONFLICT ON CONSTRAINT identity_key DO NOTHING
        RETURNING id INTO made_identity;
        identities[place] := made_identity;
        customers[place] := made_customer;
    END LOOP;
END
$$;

-- What comes in: claim its keys, find or make its senders, and lock their parties: the customers, of
-- each the open conversation or else the last, and its live item. One call where seven would wait for
-- each other's answers; nothing is made or locked when all keys were claimed before. Each step is a
-- statement of its own, and so sees what was committed while the one before it waited for a lock. Ids
-- are found first and locked as arrays: within one statement the plan that is kept would look at every
-- row. Customers are returned where there is no live item, since only then their place in a queue is
-- asked for. `stale`: a merge came in between, or somebody else made one of the customers.
CREATE FUNCTION receive_begin(
    connections bigint[], keys text[], digests bytea[], senders integer[],  -- places in idents
    schemes text[], scopes text[], idents text[], verified boolean[], at timestamptz,
    OUT fresh integer[], OUT interactions bigint[],  -- places in keys, and the ids they have drawn
    OUT known integer[], OUT identities bigint[], OUT roots bigint[], OUT blocked boolean[],
    OUT customers customer[], OUT conversations conversation[], OUT items work_item[],
    OUT stale boolean
) LANGUAGE plpgsql AS $$
DECLARE
    missing integer[];
    made record;
    parties bigint[];
    ids bigint[];
    owners bigint[];
    served bigint[];
BEGIN
    known := '{}'; identities := '{}'; roots := '{}'; blocked := '{}';
    customers := '{}'; conversations := '{}'; items := '{}'; stale := false;
    WITH claimed AS (
        INSERT INTO dedupe (connection_id, key, digest)
        SELECT * FROM unnest(connections, keys, digests) AS k (connection_id, key, digest)
        ORDER BY connection_id, key
        ON CONFLICT DO NOTHING
        RETURNING connection_id, key, interaction_id
    )
    SELECT coalesce(array_agg(k.place), '{}'), coalesce(array_agg(c.interaction_id), '{}')
    INTO fresh, interactions
    FROM unnest(connections, keys) WITH ORDINALITY AS k (connection_id, key, place)
    JOIN claimed c USING (connection_id, key);
    IF fresh = '{}' THEN
        RETURN;
    END IF;
    SELECT coalesce(array_agg(k.place), '{}'), coalesce(array_agg(i.id), '{}'),
           coalesce(array_agg(
               CASE WHEN c.merged_into IS NULL THEN c.id ELSE customer_root(c.id) END
           ), '{}'),
           coalesce(array_agg(i.blocked_at IS NOT NULL), '{}'), array_agg(c.id)
    INTO known, identities, roots, blocked, owners
    FROM unnest(schemes, scopes, idents) WITH ORDINALITY AS k (scheme, scope, value, place)
    JOIN identity i USING (scheme, scope, value)
    JOIN customer c ON c.id = i.customer_id;
    missing := ARRAY(
        SELECT DISTINCT senders[f] FROM unnest(fresh) f WHERE senders[f] <> ALL (known) ORDER BY 1
    );
    IF missing <> '{}' THEN
        SELECT * INTO made FROM identity_make(
            ARRAY(SELECT schemes[m] FROM unnest(missing) m),
            ARRAY(SELECT scopes[m] FROM unnest(missing) m),
            ARRAY(SELECT idents[m] FROM unnest(missing) m),
            ARRAY(SELECT verified[m] FROM unnest(missing) m), at
        );
        IF array_position(made.identities, NULL) IS NOT NULL THEN
            stale := true;
            RETURN;
        END IF;
        known := known || missing;
        identities := identities || made.identities;
        roots := roots || made.customers;
        owners := owners || made.customers;
        blocked := blocked || array_fill(false, ARRAY[cardinality(missing)]);
    END IF;
    SELECT array_agg(id), coalesce(bool_or(merged_into IS NOT NULL), false) INTO parties, stale FROM (
        SELECT id, merged_into FROM customer WHERE id = ANY (roots) ORDER BY id FOR NO KEY UPDATE
    ) c;
    stale := stale OR EXISTS (
        SELECT FROM unnest(owners, roots) AS o (id, root)
        WHERE id <> root AND customer_root(id) <> root
    );
    ids := ARRAY(
        SELECT coalesce(
            (SELECT o.id FROM conversation o WHERE o.party_id = p.id AND o.state = 'open'),
            (SELECT l.id FROM conversation l
             WHERE l.party_id = p.id AND l.close_reason IS DISTINCT FROM 'merged'
             ORDER BY l.party_id, l.id DESC LIMIT 1)  -- as the index has it, not the key
        )
        FROM unnest(parties) AS p (id)
    );
    SELECT coalesce(array_agg(ROW(v.*)::conversation), '{}') INTO conversations FROM (
        SELECT * FROM conversation WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE
    ) v;
    SELECT coalesce(array_agg(ROW(w.*)::work_item), '{}'), coalesce(array_agg(w.conversation_id), '{}')
    INTO items, served FROM (
        SELECT * FROM work_item
        WHERE conversation_id = ANY (ids) AND kind = 'conversation'
            AND state IN ('bot', 'queued', 'offered', 'active', 'wrapup')
        ORDER BY id FOR NO KEY UPDATE
    ) w;
    ids := ARRAY(
        SELECT p.id FROM unnest(parties, ids) AS p (id, conversation)
        WHERE conversation IS NULL OR conversation <> ALL (served)
    );
    SELECT coalesce(array_agg(ROW(c.*)::customer), '{}') INTO customers
    FROM customer c WHERE id = ANY (ids);
END
$$;
