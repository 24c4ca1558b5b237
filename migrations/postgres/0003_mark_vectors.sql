-- +goose Up
-- A change that only brings vectors: the words of its document and who may read them are as they were.
ALTER TABLE changes ADD COLUMN vectors BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE meta ADD COLUMN awaited BIGINT NOT NULL DEFAULT 0; -- the newest change that brought more
UPDATE meta SET awaited = head;

-- +goose Down
ALTER TABLE meta DROP COLUMN awaited;
ALTER TABLE changes DROP COLUMN vectors;
