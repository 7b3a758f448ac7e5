-- What the pages need beside the main job.

-- Files -------------------------------------------------------------------------------------------

-- What somebody has brought, to be attached to what they say; forgotten when that is never said.
CREATE TABLE file (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL,
    media_type   text NOT NULL,  -- by its content, whatever its name says
    size         integer NOT NULL CHECK (size > 0),
    person_id    bigint REFERENCES person,
    session_id   bigint,  -- a visitor's, which is forgotten before the file is
    created_at   timestamptz NOT NULL,
    attached_at  timestamptz,
    CHECK ((person_id IS NULL) <> (session_id IS NULL))
);
CREATE INDEX file_waiting_age ON file (created_at) WHERE attached_at IS NULL;
CREATE INDEX file_waiting_person ON file (person_id) WHERE attached_at IS NULL;
CREATE INDEX file_waiting_session ON file (session_id) WHERE attached_at IS NULL;

-- In pieces, so that neither is the whole of a large file ever sent at once nor anybody kept waiting.
CREATE TABLE file_piece (
    file_id  bigint NOT NULL REFERENCES file ON DELETE CASCADE,
    place    integer NOT NULL,
    content  bytea NOT NULL,
    PRIMARY KEY (file_id, place)
);
ALTER TABLE file_piece ALTER content SET STORAGE EXTERNAL;  -- pictures do not get smaller

CREATE TABLE attachment (
    file_id         bigint NOT NULL REFERENCES file,
    interaction_id  bigint NOT NULL,
    PRIMARY KEY (file_id, interaction_id)
);

-- Canned replies ------------------------------------------------------------------------------------

-- What agents say often. Without an owner everybody has it.
CREATE TABLE canned_reply (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id    bigint REFERENCES person,
    shortcut    text NOT NULL,
    text        text NOT NULL,
    language    text,  -- none: for every customer
    queues      text[] NOT NULL DEFAULT '{}',  -- none: in every queue
    changed_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX canned_reply_shortcut
    ON canned_reply (coalesce(owner_id, 0), shortcut, coalesce(language, ''));

-- Search --------------------------------------------------------------------------------------------

-- The words of what was said, beside the busiest table: they are filled in from the log a moment later,
-- so that what comes in does not wait for them.
CREATE TABLE search_text (
    interaction_id   bigint PRIMARY KEY,
    conversation_id  bigint NOT NULL,
    position         bigint NOT NULL,
    words            tsvector NOT NULL
);
CREATE INDEX search_text_words ON search_text USING gin (words);
CREATE INDEX search_text_conversation ON search_text (conversation_id, position);

INSERT INTO search_text (interaction_id, conversation_id, position, words)
SELECT id, conversation_id, position, to_tsvector('simple', text) FROM interaction;
INSERT INTO log_cursor (reader, seq) SELECT 'search', coalesce(max(seq), 0) FROM log;

-- Drafts --------------------------------------------------------------------------------------------

-- What somebody has begun to write. `number` is the last there was then: what they have said after it
-- was the draft, and so it needs no look when something is sent.
CREATE TABLE draft (
    person_id        bigint NOT NULL REFERENCES person,
    conversation_id  bigint NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('reply', 'note')),
    text             text NOT NULL,
    number           integer NOT NULL,
    changed_at       timestamptz NOT NULL,
    PRIMARY KEY (person_id, conversation_id)
);
CREATE INDEX draft_age ON draft (changed_at);

-- Satisfaction --------------------------------------------------------------------------------------

-- What customers say about work that was done for them, once for each.
CREATE TABLE satisfaction (
    item_id          bigint PRIMARY KEY REFERENCES work_item,
    conversation_id  bigint NOT NULL,
    queue            text NOT NULL,
    channel          text NOT NULL,
    agent_id         bigint NOT NULL REFERENCES agent,
    score            integer NOT NULL CHECK (score BETWEEN 1 AND 5),
    comment          text NOT NULL DEFAULT '',
    at               timestamptz NOT NULL
);
CREATE INDEX satisfaction_at ON satisfaction (at);
CREATE INDEX satisfaction_conversation ON satisfaction (conversation_id);

-- Replies that may be taken back ----------------------------------------------------------------------

-- They are said when their timer (`held_reply`) is due; until then nobody has seen them.
CREATE TABLE held_reply (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent_id       bigint NOT NULL REFERENCES agent,
    item_id        bigint NOT NULL REFERENCES work_item,
    text           text NOT NULL,
    seen           integer NOT NULL,
    connection_id  bigint,
    files          bigint[] NOT NULL,
    request_id     text,
    due_at         timestamptz NOT NULL
);

-- Conversations as they are shown ---------------------------------------------------------------------

-- Each with the time of its last interaction, and the channel by which the customer or we spoke last.
CREATE VIEW conversation_shown AS
SELECT v.id, v.party_id AS customer, v.customer_id AS began_as, v.state, v.close_reason, v.tags,
       v.bot_id AS bot, v.last_number, v.read_number, v.answered_number, v.opened_at, v.closed_at,
       i.received_at AS last_at, (
           SELECT s.channel FROM interaction s WHERE s.conversation_id = v.id AND s.direction <> 'internal'
           ORDER BY s.number DESC LIMIT 1
       ) AS channel
FROM conversation v
LEFT JOIN interaction i ON i.conversation_id = v.id AND i.number = v.last_number;
