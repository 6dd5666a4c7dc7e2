-- What a participant may see, and how they went. visible_from: the first message (0: all); visible_until: the last one, set when they go.
ALTER TABLE participant ADD COLUMN visible_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE participant ADD COLUMN visible_until BIGINT;
-- 'left', 'removed', 'transferred', 'ended', 'switched_off'
ALTER TABLE participant ADD COLUMN left_how TEXT;
-- The colleague for whom they stand in.
ALTER TABLE participant ADD COLUMN cover_for TEXT;

-- The Teams conversation in which a message was written: nobody there need be shown it. NULL: none.
ALTER TABLE message ADD COLUMN written_in TEXT;
-- The name with which a message to the client is signed.
ALTER TABLE message ADD COLUMN signed TEXT;

-- A shared Teams conversation: a group chat, or a channel (without ';messageid='), as far as we know it.
CREATE TABLE conversation (
    conversation_id TEXT PRIMARY KEY,
    -- 'groupChat', 'channel'
    scope           TEXT NOT NULL,
    tenant          TEXT NOT NULL,
    service_url     TEXT NOT NULL,
    team_id         TEXT,
    name            TEXT,
    -- 0: the app is not there (any more), or nobody can write there (any more).
    installed       BIGINT NOT NULL,
    -- 1: a message that did not mention the bot has reached it, so colleagues need not mention it.
    hears_all       BIGINT NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- Colleagues who are members of a shared conversation.
CREATE TABLE member (
    conversation_id TEXT NOT NULL,
    colleague_id    TEXT NOT NULL,
    PRIMARY KEY (conversation_id, colleague_id)
) WITHOUT ROWID;

-- The shared conversation in which a thread lives. No row: in the participants' own chats.
CREATE TABLE home (
    thread_id       BIGINT PRIMARY KEY,
    -- The channel or chat, as in conversation.
    base_id         TEXT NOT NULL,
    -- As Teams spells it, with ';messageid=' for a reply chain. NULL: the chain is being opened.
    conversation_id TEXT,
    -- 1: nothing can be posted there any more, and the thread lives in its participants' own chats again. What was on its way there is
    -- shown to those who were members.
    lost            BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX home_conversation ON home (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX home_base ON home (base_id);

-- One card in each place where a thread is followed: a colleague's id, or 'home'.
ALTER TABLE thread_card RENAME COLUMN colleague_id TO place;
