-- A card that shows how something stands, at most one of it in a place, changed whenever that changes.
CREATE TABLE standing_card (
    -- 'joining:7', 'intake:3', 'intake_reminder:3', 'transfer_giver:2', 'transfer_receiver:2'
    subject         TEXT NOT NULL,
    -- A colleague's id, 'home', or a conversation.
    place           TEXT NOT NULL,
    -- 1: on its way; what it shows is looked up when it is sent.
    queued          BIGINT NOT NULL,
    -- Where it was posted, and as what. NULL: not yet.
    conversation_id TEXT,
    activity_id     TEXT,
    PRIMARY KEY (subject, place)
) WITHOUT ROWID;

-- A client who wrote and whom nobody can answer: offered to colleagues until somebody takes them. One open (decided_at NULL) for a thread.
CREATE TABLE intake (
    intake_id  INTEGER PRIMARY KEY,
    thread_id  BIGINT NOT NULL,
    -- The client's last message since, and how many there were.
    message_id BIGINT NOT NULL,
    messages   BIGINT NOT NULL DEFAULT 1,
    -- The colleague who is away, for whom somebody is looked for. NULL: nobody owns the client.
    cover_for  TEXT,
    opened_at  BIGINT NOT NULL,
    -- When to look next for colleagues who could take the client since.
    look_at    BIGINT NOT NULL,
    -- When to remind the supervisors. NULL: they have been.
    remind_at  BIGINT,
    -- 'taken', 'stopped', 'returned'
    outcome    TEXT,
    decided_by TEXT,
    decided_at BIGINT
);
CREATE UNIQUE INDEX intake_open ON intake (thread_id) WHERE decided_at IS NULL;
CREATE INDEX intake_look ON intake (look_at) WHERE decided_at IS NULL;

-- A colleague asks to join those who talk with a client. One open (decided_at NULL) for a thread, an asker and who is asked.
CREATE TABLE joining (
    joining_id  INTEGER PRIMARY KEY,
    thread_id   BIGINT NOT NULL,
    asker       TEXT NOT NULL,
    -- 'owners', 'administrators'
    asked       TEXT NOT NULL,
    asked_at    BIGINT NOT NULL,
    -- When the supervisors are asked as well. NULL: they are not, or have been.
    escalate_at BIGINT,
    due_at      BIGINT NOT NULL,
    -- 'accepted', 'declined', 'expired', 'settled'
    outcome     TEXT,
    decided_by  TEXT,
    decided_at  BIGINT
);
CREATE UNIQUE INDEX joining_open ON joining (thread_id, asker, asked) WHERE decided_at IS NULL;
CREATE INDEX joining_asked ON joining (thread_id, asker, asked_at);
