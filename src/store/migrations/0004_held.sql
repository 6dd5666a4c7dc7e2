-- Which message was sent again as which: asked whenever a message that did not go out is pressed or explained.
CREATE INDEX IF NOT EXISTS message_retry ON message (retry_of) WHERE retry_of IS NOT NULL;

-- What was decided about a message, for "Why?". Without the entries that every message brings several of and that decide nothing: the index
-- is written on the way of every message.
CREATE INDEX IF NOT EXISTS journal_decision ON journal (message_id)
    WHERE message_id IS NOT NULL AND kind NOT IN ('message.received', 'message.posted', 'message.status');
