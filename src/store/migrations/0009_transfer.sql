-- A client that one colleague offered to another.
CREATE TABLE transfer (
    transfer_id INTEGER PRIMARY KEY,
    thread_id   BIGINT NOT NULL,
    giver_id    TEXT NOT NULL,
    receiver_id TEXT NOT NULL,
    -- Empty: none.
    note        TEXT NOT NULL,
    -- 'none', 'all', or the number of the last messages that the receiver sees.
    history     TEXT NOT NULL,
    -- 1: the giver goes on taking part.
    stays       BIGINT NOT NULL,
    -- What becomes of the giver's held messages: 'hand_over', 'withdraw'.
    held        TEXT NOT NULL,
    offered_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    -- 'accepted', 'declined', 'withdrawn', 'expired', 'superseded'; NULL: open
    outcome     TEXT,
    -- A colleague or 'server'.
    decided_by  TEXT,
    decided_at  BIGINT
);
-- One at a time, whoever offers.
CREATE UNIQUE INDEX transfer_open ON transfer (thread_id) WHERE outcome IS NULL;
CREATE INDEX transfer_due ON transfer (due_at) WHERE outcome IS NULL;

-- Clients that went over with somebody's whole book, until both have been told of all of them at once.
CREATE TABLE book_move (
    giver_id    TEXT NOT NULL,
    receiver_id TEXT NOT NULL,
    thread_id   BIGINT NOT NULL,
    PRIMARY KEY (giver_id, receiver_id, thread_id)
) WITHOUT ROWID;
