-- A colleague who is away. The row goes when they are back; the journal keeps it.
CREATE TABLE absence (
    colleague_id TEXT PRIMARY KEY,
    since        BIGINT NOT NULL,
    until        BIGINT NOT NULL,
    -- Who stands in. NULL: the colleagues of the line are asked.
    cover        TEXT,
    note         TEXT NOT NULL,
    -- The colleague, or a supervisor.
    set_by       TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX absence_until ON absence (until);
CREATE INDEX participant_cover ON participant (cover_for) WHERE cover_for IS NOT NULL AND left_at IS NULL;
