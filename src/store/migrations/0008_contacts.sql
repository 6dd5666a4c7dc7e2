-- What colleagues note about a client; never shown to the client.
ALTER TABLE contact ADD COLUMN notes TEXT NOT NULL DEFAULT '';
-- The name folded, as it is looked for. Filled when the database is brought up to date: SQL cannot fold.
ALTER TABLE contact ADD COLUMN folded TEXT NOT NULL DEFAULT '';

-- The threads that a colleague takes or took part in: past ones are read too.
CREATE INDEX participant_colleague ON participant (colleague_id, thread_id);
