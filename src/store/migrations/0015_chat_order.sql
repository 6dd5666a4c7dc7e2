-- A task that is ordered while an attempt at it is in hand is done once more after that: the attempt may have looked too early.
ALTER TABLE chat_job ADD COLUMN again_at BIGINT;

-- The group chats that are made for threads through Microsoft Graph. Rows stay: they say which chats we made.
CREATE TABLE chat_order (
    chat_order_id INTEGER PRIMARY KEY,
    thread_id     BIGINT NOT NULL,
    -- Who ordered it: a colleague, or the server.
    ordered_by    TEXT NOT NULL,
    stage         TEXT NOT NULL,
    -- When it came to this stage.
    since         BIGINT NOT NULL,
    -- The title and the members that the chat was asked for with; members: a JSON list.
    topic         TEXT NOT NULL DEFAULT '',
    members       TEXT NOT NULL DEFAULT '[]',
    -- When it was asked for without an answer that says what came of it.
    asked_at      BIGINT,
    -- 1: a colleague knows that it may be there already, and wants another one if it is not found.
    another       BIGINT NOT NULL DEFAULT 0,
    -- The chat, once it is known.
    chat_id       TEXT
);
CREATE INDEX chat_order_thread ON chat_order (thread_id, chat_order_id);
-- One at a time.
CREATE UNIQUE INDEX chat_order_open ON chat_order (thread_id) WHERE stage NOT IN ('arrived', 'given_up', 'gone');
CREATE UNIQUE INDEX chat_order_chat ON chat_order (chat_id) WHERE chat_id IS NOT NULL;
