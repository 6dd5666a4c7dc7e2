-- What a client's message belongs to, where WhatsApp says more than what it answers: that it was forwarded, and the product of the
-- business's catalogue that it is about.
CREATE TABLE origin (
    message_id BIGINT PRIMARY KEY,
    forwarded  BIGINT NOT NULL,
    product    TEXT
);
