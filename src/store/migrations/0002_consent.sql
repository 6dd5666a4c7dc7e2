-- The language the last request was made in: evidence, for a session message does not tell it.
ALTER TABLE contact ADD COLUMN request_language TEXT;
-- When the client last said whether they want marketing, by WhatsApp's own time.
ALTER TABLE contact ADD COLUMN marketing_at BIGINT;
-- The same client under another identity (a changed number): that contact goes on, this one is history.
ALTER TABLE contact ADD COLUMN merged_into BIGINT;
CREATE INDEX contact_merged ON contact (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX identity_contact ON identity (contact_id);
