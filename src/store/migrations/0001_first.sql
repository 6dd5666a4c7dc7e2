-- Times are microseconds since the epoch, flags 0 or 1. Only BIGINT, TEXT and NULL: the same text runs on PostgreSQL.

CREATE TABLE directory_version (
    version    INTEGER PRIMARY KEY,
    applied_at BIGINT NOT NULL,
    applied_by TEXT NOT NULL,
    document   TEXT NOT NULL
);

-- What Teams told us about a colleague; the key is the Entra object id.
CREATE TABLE colleague (
    colleague_id    TEXT PRIMARY KEY,
    upn             TEXT,
    name            TEXT,
    user_id         TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    service_url     TEXT NOT NULL,
    locale          TEXT,
    time_zone       TEXT,
    installed       BIGINT NOT NULL,
    welcomed        BIGINT NOT NULL DEFAULT 0,
    -- The thread the colleague last wrote in, and whether another client's message was posted in the chat since.
    focus_thread    BIGINT,
    focus_disturbed BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX colleague_upn ON colleague (upn) WHERE upn IS NOT NULL;

-- A line's entry for a client, with its consent. added_by NULL: the client wrote first and nobody has added them yet.
CREATE TABLE contact (
    contact_id        INTEGER PRIMARY KEY,
    line_id           TEXT NOT NULL,
    name              TEXT NOT NULL,
    phone             TEXT,
    wa_id             TEXT,
    bsuid             TEXT,
    language          TEXT,
    added_by          TEXT,
    added_at          BIGINT NOT NULL,
    consent           TEXT NOT NULL DEFAULT 'none',
    requested_at      BIGINT,
    requested_by      TEXT,
    request_message   BIGINT,
    basis             TEXT,
    helped_at         BIGINT,
    deactivated_told_at BIGINT,
    lapse_told        BIGINT NOT NULL DEFAULT 0,
    marketing_stopped BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX contact_line ON contact (line_id, name);
CREATE INDEX contact_pending ON contact (requested_at) WHERE consent = 'pending' AND lapse_told = 0;

-- Every name under which WhatsApp may speak of a client of a line: kind 'bsuid', or 'phone' (digits, all variants).
CREATE TABLE identity (
    line_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    contact_id BIGINT NOT NULL,
    PRIMARY KEY (line_id, kind, value)
) WITHOUT ROWID;

-- One conversation between a number and a client; the customer service window belongs to it.
CREATE TABLE thread (
    thread_id       INTEGER PRIMARY KEY,
    line_id         TEXT NOT NULL,
    phone_number_id TEXT NOT NULL,
    contact_id      BIGINT NOT NULL,
    last_inbound_at BIGINT,
    refused_at      BIGINT,
    template_at     BIGINT,
    nudged_at       BIGINT,
    -- How far the participants know of this window's end. 0: not yet, 1: warned, 2: it is shown as closed.
    window_told     BIGINT NOT NULL DEFAULT 0,
    created_at      BIGINT NOT NULL,
    UNIQUE (contact_id, phone_number_id)
);
CREATE INDEX thread_window ON thread (last_inbound_at) WHERE window_told < 2 AND last_inbound_at IS NOT NULL;
CREATE TABLE participant (
    thread_id    BIGINT NOT NULL,
    colleague_id TEXT NOT NULL,
    joined_at    BIGINT NOT NULL,
    left_at      BIGINT,
    PRIMARY KEY (thread_id, colleague_id)
) WITHOUT ROWID;
CREATE INDEX participant_open ON participant (colleague_id, thread_id) WHERE left_at IS NULL;

CREATE TABLE message (
    message_id INTEGER PRIMARY KEY,
    thread_id  BIGINT NOT NULL,
    -- NULL: the client. 'server': the server itself. Else a colleague.
    author     TEXT,
    -- 'client', 'free', 'template', 'request', 'answer', 'nudge'
    purpose    TEXT NOT NULL,
    content    TEXT NOT NULL,
    state      TEXT NOT NULL,
    rule       TEXT,
    wamid      TEXT,
    reply_to   TEXT,
    failure    TEXT,
    retry_of   BIGINT,
    asked      BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    state_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX message_wamid ON message (wamid) WHERE wamid IS NOT NULL;
CREATE INDEX message_thread ON message (thread_id);
CREATE INDEX message_held ON message (thread_id, created_at) WHERE state = 'held';
CREATE INDEX message_uncertain ON message (state_at) WHERE state = 'uncertain';

-- Which Teams activity belongs to which thread: what a quote is checked against, and the duplicate key of messages.
CREATE TABLE posting (
    conversation_id TEXT NOT NULL,
    activity_id     TEXT NOT NULL,
    thread_id       BIGINT,
    message_id      BIGINT,
    PRIMARY KEY (conversation_id, activity_id)
) WITHOUT ROWID;

-- The card that shows a thread's state in a colleague's chat. due_at: the next edit.
CREATE TABLE thread_card (
    thread_id    BIGINT NOT NULL,
    colleague_id TEXT NOT NULL,
    activity_id  TEXT,
    edited_at    BIGINT NOT NULL DEFAULT 0,
    due_at       BIGINT,
    PRIMARY KEY (thread_id, colleague_id)
) WITHOUT ROWID;
CREATE INDEX thread_card_due ON thread_card (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE draft (
    draft_id     INTEGER PRIMARY KEY,
    colleague_id TEXT NOT NULL,
    text         TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    settled_at   BIGINT
);

-- The unit of order: one thread (0: none), one direction, one target. due_at NULL: idle; while leased: the lease's end.
CREATE TABLE lane (
    lane_id   INTEGER PRIMARY KEY,
    direction TEXT NOT NULL,
    thread_id BIGINT NOT NULL,
    target    TEXT NOT NULL,
    last_seq  BIGINT NOT NULL DEFAULT 0,
    acked_seq BIGINT NOT NULL DEFAULT 0,
    due_at    BIGINT,
    lease     BIGINT NOT NULL DEFAULT 0,
    leased    BIGINT NOT NULL DEFAULT 0,
    UNIQUE (direction, thread_id, target)
);
CREATE INDEX lane_due ON lane (due_at) WHERE due_at IS NOT NULL;

-- state: 0 pending, 1 handed to the other side, 2 settled.
CREATE TABLE delivery (
    delivery_id INTEGER PRIMARY KEY,
    lane_id     BIGINT NOT NULL,
    seq         BIGINT NOT NULL,
    message_id  BIGINT,
    body        TEXT NOT NULL,
    state       BIGINT NOT NULL DEFAULT 0,
    attempts    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX delivery_open ON delivery (lane_id, seq) WHERE state < 2;

CREATE TABLE seen (
    key     TEXT PRIMARY KEY,
    seen_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX seen_at ON seen (seen_at);

CREATE TABLE invoke (
    repeat_key  TEXT PRIMARY KEY,
    answered_at BIGINT NOT NULL,
    answer      TEXT NOT NULL
) WITHOUT ROWID;

-- Statuses that came before we knew their message; applied when it becomes known, dropped after 24 h.
CREATE TABLE early_status (
    wamid   TEXT NOT NULL,
    status  TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (wamid, status)
) WITHOUT ROWID;

-- Signed webhooks that could not be read: kept whole, alarmed.
CREATE TABLE unreadable (
    unreadable_id INTEGER PRIMARY KEY,
    received_at   BIGINT NOT NULL,
    body          TEXT NOT NULL
);

CREATE TABLE template (
    waba_id  TEXT NOT NULL,
    name     TEXT NOT NULL,
    language TEXT NOT NULL,
    document TEXT NOT NULL,
    used_at  BIGINT,
    PRIMARY KEY (waba_id, name, language)
) WITHOUT ROWID;

-- The record. Append-only: the triggers refuse every change.
CREATE TABLE journal (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    actor      TEXT NOT NULL,
    thread_id  BIGINT,
    message_id BIGINT,
    body       TEXT NOT NULL
);
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
