-- +goose Up
-- A generation is a model whose vectors serve, are made, or are dropped.
CREATE TABLE generations (
  number   INTEGER PRIMARY KEY,
  model    TEXT NOT NULL,
  state    TEXT NOT NULL,
  complete INTEGER NOT NULL DEFAULT 0, -- every document was looked through for texts that wait
  reached  INTEGER NOT NULL DEFAULT 0, -- up to which document; while vectors are dropped, up to which of them
  required INTEGER NOT NULL DEFAULT 0  -- chunks up to this one need their vectors before a ready generation serves
) STRICT;
CREATE UNIQUE INDEX generations_one_serves ON generations (state) WHERE state = 'serving';
INSERT INTO generations (number, model, state)
  SELECT 1, model, 'serving' FROM embeddings GROUP BY model ORDER BY count(*) DESC, model LIMIT 1;

-- Serving chunks without a vector of a model that has a generation.
CREATE TABLE waiting (
  model    TEXT NOT NULL,
  chunk    INTEGER NOT NULL,
  hash     TEXT NOT NULL,
  document INTEGER NOT NULL,
  refused  INTEGER NOT NULL DEFAULT 0, -- by the model
  PRIMARY KEY (model, chunk)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_by_document ON waiting (document, model, refused);
CREATE INDEX waiting_by_hash ON waiting (hash, model);

-- +goose Down
DROP TABLE waiting;
DROP TABLE generations;
