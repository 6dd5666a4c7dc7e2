-- Files that a colleague posted for a client, kept until they say Send or Cancel.
CREATE TABLE parcel (
    parcel_id       INTEGER PRIMARY KEY,
    colleague_id    TEXT NOT NULL,
    thread_id       BIGINT NOT NULL,
    text            TEXT NOT NULL,
    -- The message of ours that it answers.
    answers         BIGINT,
    -- Where it stands in Teams.
    conversation_id TEXT NOT NULL,
    activity_id     TEXT NOT NULL,
    -- 'open', 'sent', 'cancelled'
    state           TEXT NOT NULL DEFAULT 'open',
    created_at      BIGINT NOT NULL,
    settled_at      BIGINT
);
CREATE INDEX parcel_written ON parcel (conversation_id, activity_id);

-- One of them. due_at: the next attempt to fetch it; while one is made, the end of its lease.
CREATE TABLE parcel_file (
    parcel_id BIGINT NOT NULL,
    position  BIGINT NOT NULL,
    source    TEXT NOT NULL,
    attempts  BIGINT NOT NULL DEFAULT 0,
    due_at    BIGINT,
    -- As it will leave, as JSON.
    ready     TEXT,
    -- Why it cannot, in words.
    problem   TEXT,
    PRIMARY KEY (parcel_id, position)
);
CREATE INDEX parcel_file_due ON parcel_file (due_at) WHERE due_at IS NOT NULL;

-- Files that WhatsApp has of us, by number: an id serves as often as it is used, for a month.
CREATE TABLE media_at_whatsapp (
    blob            TEXT NOT NULL,
    phone_number_id TEXT NOT NULL,
    media_id        TEXT NOT NULL,
    uploaded_at     BIGINT NOT NULL,
    PRIMARY KEY (blob, phone_number_id)
);
