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
