-- What a client changed or deleted afterwards: the message that it is about, by its wamid, for it may come later than its own change; and
-- the client's message that says so.
CREATE TABLE revision (
    target     TEXT NOT NULL,
    message_id BIGINT NOT NULL,
    PRIMARY KEY (target, message_id)
) WITHOUT ROWID;

-- Where a message was posted. Messages are posted about in the order of their numbers, so it grows at its end.
CREATE INDEX posting_message ON posting (message_id) WHERE message_id IS NOT NULL;

-- What a colleague changed in Teams after it had left: the text that may be sent as a correction, once. A later change settles the
-- earlier ones.
CREATE TABLE correction (
    correction_id INTEGER PRIMARY KEY,
    message_id    BIGINT NOT NULL,
    text          TEXT NOT NULL,
    settled_at    BIGINT
);
CREATE INDEX correction_open ON correction (message_id) WHERE settled_at IS NULL;
