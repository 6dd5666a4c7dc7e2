-- Pictures and files of clients, on their way into our own keeping or kept. due_at: the next attempt; while one is made, the end of its
-- lease. NULL: kept or lost.
CREATE TABLE media (
    message_id      BIGINT PRIMARY KEY,
    phone_number_id TEXT NOT NULL,
    -- What WhatsApp said of it, as JSON.
    announced       TEXT NOT NULL,
    -- What is to be said beside it.
    remark          TEXT,
    -- When WhatsApp has it no more.
    expires_at      BIGINT NOT NULL,
    attempts        BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT,
    -- What was kept of it, as JSON; NULL: nothing yet.
    kept            TEXT,
    -- Why there will be nothing.
    lost            TEXT
);
CREATE INDEX media_due ON media (due_at) WHERE due_at IS NOT NULL;

-- Where a message with a file is shown in Teams: what is changed when the file is there.
CREATE TABLE media_posting (
    message_id      BIGINT NOT NULL,
    conversation_id TEXT NOT NULL,
    activity_id     TEXT NOT NULL,
    PRIMARY KEY (message_id, conversation_id)
);

-- What links to our own pages are signed with.
CREATE TABLE signing_key (
    name  TEXT PRIMARY KEY,
    key   BLOB NOT NULL
);
