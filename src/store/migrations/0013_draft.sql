-- A kept text is sent as it would have been, and nowhere else: with what it quoted and what came with it.
-- 1: a note, for colleagues only.
ALTER TABLE draft ADD COLUMN note BIGINT NOT NULL DEFAULT 0;
-- Where it stands in Teams.
ALTER TABLE draft ADD COLUMN conversation_id TEXT;
ALTER TABLE draft ADD COLUMN activity_id TEXT;
CREATE INDEX draft_written ON draft (conversation_id, activity_id) WHERE settled_at IS NULL;

-- When a colleague wrote in the thread that they wrote in last. NULL: long ago.
ALTER TABLE colleague ADD COLUMN focus_at BIGINT;

-- message.purpose 'note': an internal note. It stands among the messages of its thread, in their order, so that whoever may see them sees
-- it; and it is in a state of its own, out of which nothing leads, so that it can never be on its way to a client.
CREATE TRIGGER note_is_internal BEFORE INSERT ON message WHEN (NEW.purpose = 'note') <> (NEW.state = 'internal')
BEGIN SELECT RAISE(ABORT, 'a note is internal, and nothing else is'); END;
CREATE TRIGGER note_stays_internal BEFORE UPDATE OF state, purpose ON message
WHEN NEW.purpose <> OLD.purpose OR (NEW.purpose = 'note') <> (NEW.state = 'internal')
BEGIN SELECT RAISE(ABORT, 'a note is internal for ever, and nothing else is'); END;
