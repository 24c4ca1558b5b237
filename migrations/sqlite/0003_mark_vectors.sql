-- +goose Up
-- A change that only brings vectors: the words of its document and who may read them are as they were.
ALTER TABLE changes ADD COLUMN vectors INTEGER NOT NULL DEFAULT 0;
CREATE INDEX changes_awaited ON changes (sequence) WHERE vectors = 0;

-- +goose Down
DROP INDEX changes_awaited;
ALTER TABLE changes DROP COLUMN vectors;
