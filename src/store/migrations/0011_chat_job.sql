-- A kept text is sent as it would have been: as the answer to the message of ours that it quoted, with the files that came with it.
ALTER TABLE draft ADD COLUMN answers BIGINT;
-- A JSON list.
ALTER TABLE draft ADD COLUMN files TEXT NOT NULL DEFAULT '[]';

-- What is to be asked of Teams about its conversations, outside the lanes: a stop in between loses nothing. A row is gone when it is done.
CREATE TABLE chat_job (
    chat_job_id INTEGER PRIMARY KEY,
    -- JSON: what to do.
    task        TEXT NOT NULL,
    -- The next attempt; while one is in hand, the end of its lease.
    due_at      BIGINT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    -- 1: an attempt was begun, and nobody knows yet how it went.
    begun       BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX chat_job_task ON chat_job (task);
CREATE INDEX chat_job_due ON chat_job (due_at);
