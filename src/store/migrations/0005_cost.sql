-- What a message cost: the price as WhatsApp told it (JSON), and whether the message is in the month's count.
ALTER TABLE message ADD COLUMN pricing TEXT;
ALTER TABLE message ADD COLUMN billed BIGINT NOT NULL DEFAULT 0;

-- Delivered messages of a number in a month of UTC ('2026-11'), by category and type of their price.
CREATE TABLE billed (
    phone_number_id TEXT NOT NULL,
    month           TEXT NOT NULL,
    category        TEXT NOT NULL,
    type            TEXT NOT NULL,
    count           BIGINT NOT NULL,
    PRIMARY KEY (phone_number_id, month, category, type)
) WITHOUT ROWID;

-- The free entry point: when the client last came through an ad, and until when everything is free because that was answered.
ALTER TABLE thread ADD COLUMN ad_at BIGINT;
ALTER TABLE thread ADD COLUMN free_until BIGINT;

-- What the ad said (JSON), for the message that came through it.
CREATE TABLE referral (
    message_id BIGINT PRIMARY KEY,
    document   TEXT NOT NULL
) WITHOUT ROWID;
