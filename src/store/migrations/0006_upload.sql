-- Files that a colleague sent to the bot in their own chat: what a template's header may be filled with. Kept for a day, for the
-- address of a file lives no longer.
CREATE TABLE attachment (
    attachment_id INTEGER PRIMARY KEY,
    colleague_id  TEXT NOT NULL,
    name          TEXT NOT NULL,
    -- 'file': a download address that needs no token. 'inline': a pasted picture behind the Connector.
    kind          TEXT NOT NULL,
    url           TEXT NOT NULL,
    received_at   BIGINT NOT NULL
);
CREATE INDEX attachment_recent ON attachment (colleague_id, received_at);

-- Files on their way to WhatsApp for a template's header. due_at: the next attempt; while one is made, the end of its lease.
CREATE TABLE upload (
    upload_id       INTEGER PRIMARY KEY,
    colleague_id    TEXT NOT NULL,
    thread_id       BIGINT NOT NULL,
    phone_number_id TEXT NOT NULL,
    template        TEXT NOT NULL,
    language        TEXT NOT NULL,
    value_list      TEXT NOT NULL,
    source          TEXT NOT NULL,
    form            TEXT NOT NULL,
    card            TEXT,
    -- 'pending', 'ready', 'failed', 'superseded'
    state           TEXT NOT NULL DEFAULT 'pending',
    attempts        BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT,
    media_id        TEXT,
    filename        TEXT,
    mime_type       TEXT,
    size            BIGINT,
    sha256          TEXT,
    uploaded_at     BIGINT,
    created_at      BIGINT NOT NULL
);
CREATE INDEX upload_due ON upload (due_at) WHERE due_at IS NOT NULL;
