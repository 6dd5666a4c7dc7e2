-- A task that is ordered while an attempt at it is in hand is done once more after that: the attempt may have looked too early.
ALTER TABLE chat_job ADD COLUMN again_at BIGINT;
