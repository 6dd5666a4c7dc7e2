-- The reaction of ours that a client sees on a message: WhatsApp shows one a side, the last one sent. Whose it is, for only they take it
-- back.
CREATE TABLE reaction (
    message_id   BIGINT PRIMARY KEY,
    colleague_id TEXT NOT NULL,
    emoji        TEXT NOT NULL
);
