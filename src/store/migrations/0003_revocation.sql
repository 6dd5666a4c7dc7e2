-- A client's message that may ask to stop, and what was decided. One open (decided_at NULL) for a contact.
CREATE TABLE revocation (
    revocation_id INTEGER PRIMARY KEY,
    contact_id    BIGINT NOT NULL,
    thread_id     BIGINT NOT NULL,
    -- The first such message, the last one, and how many.
    message_id    BIGINT NOT NULL,
    last_message  BIGINT NOT NULL,
    messages      BIGINT NOT NULL DEFAULT 1,
    opened_at     BIGINT NOT NULL,
    remind_at     BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    -- How far the supervisors know: 'new', 'reminder' or 'overdue'; and when to tell them next. NULL: nothing more to tell.
    urgency       TEXT NOT NULL DEFAULT 'new',
    tell_at       BIGINT,
    outcome       TEXT,
    decided_by    TEXT,
    decided_at    BIGINT
);
CREATE UNIQUE INDEX revocation_open ON revocation (contact_id) WHERE decided_at IS NULL;
CREATE INDEX revocation_tell ON revocation (tell_at) WHERE decided_at IS NULL AND tell_at IS NOT NULL;

-- The cards about it, one for each colleague and urgency. activity_id NULL: not posted yet.
CREATE TABLE revocation_card (
    revocation_id BIGINT NOT NULL,
    colleague_id  TEXT NOT NULL,
    urgency       TEXT NOT NULL,
    activity_id   TEXT,
    PRIMARY KEY (revocation_id, colleague_id, urgency)
) WITHOUT ROWID;

-- When administrators were last told of something: the same news about the same thing comes at most once an hour.
CREATE TABLE news (
    subject TEXT PRIMARY KEY,
    told_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX news_told ON news (told_at);

-- When a webhook changed a cached template: a list that was asked for earlier does not know of it.
ALTER TABLE template ADD COLUMN changed_at BIGINT;
