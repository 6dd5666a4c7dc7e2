-- What a client's message belongs to, where WhatsApp says more than what it answers: that it was forwarded, and the product of the
-- business's catalogue that it is about.
CREATE TABLE origin (
    message_id BIGINT PRIMARY KEY,
    forwarded  BIGINT NOT NULL,
    product    TEXT
);

-- What a colleague wrote in Teams, by the messages that it became: a long text goes as several. Kept where delivery is shown by reactions.
CREATE TABLE written (
    message_id      BIGINT PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    activity_id     TEXT NOT NULL
);
CREATE INDEX written_activity ON written (conversation_id, activity_id);

-- Our reaction there that says how it stands at the client. stands: the reactions that may stand there, divided by spaces; sure: they
-- do, and no others. changes: how often its state has changed. due_at: the next request; while one is made, the end of its lease.
CREATE TABLE mark (
    conversation_id TEXT NOT NULL,
    activity_id     TEXT NOT NULL,
    stands          TEXT NOT NULL DEFAULT '',
    sure            BIGINT NOT NULL DEFAULT 1,
    changes         BIGINT NOT NULL DEFAULT 0,
    attempts        BIGINT NOT NULL DEFAULT 0,
    due_at          BIGINT,
    PRIMARY KEY (conversation_id, activity_id)
);
CREATE INDEX mark_due ON mark (due_at) WHERE due_at IS NOT NULL;

-- Conversations in which Teams lets us set no reactions, and until when it is not tried again.
CREATE TABLE unmarked (
    conversation_id TEXT PRIMARY KEY,
    until           BIGINT NOT NULL
);

-- How far the client of a thread is to see that colleagues have read: up to this message. due_at: the next request; while one is made, the
-- end of its lease; NULL: told, or given up.
CREATE TABLE client_read (
    thread_id  BIGINT PRIMARY KEY,
    message_id BIGINT NOT NULL,
    attempts   BIGINT NOT NULL DEFAULT 0,
    due_at     BIGINT
);
CREATE INDEX client_read_due ON client_read (due_at) WHERE due_at IS NOT NULL;

-- How far a colleague has read their own chat, by the id of the last message.
CREATE TABLE chat_read (
    conversation_id TEXT PRIMARY KEY,
    activity_id     TEXT NOT NULL
);
