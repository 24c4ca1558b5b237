-- +goose Up
-- A generation is a model whose vectors serve, are made, or are dropped.
CREATE TABLE generations (
  number   BIGINT PRIMARY KEY,
  model    TEXT COLLATE "C" NOT NULL,
  state    TEXT COLLATE "C" NOT NULL,
  complete BOOLEAN NOT NULL DEFAULT false, -- every document was looked through for texts that wait
  reached  BIGINT NOT NULL DEFAULT 0, -- up to which document; while vectors are dropped, up to which of them
  required BIGINT NOT NULL DEFAULT 0  -- chunks up to this one need their vectors before a ready generation serves
);
CREATE UNIQUE INDEX generations_one_serves ON generations (state) WHERE state = 'serving';
INSERT INTO generations (number, model, state)
  SELECT 1, model, 'serving' FROM embeddings GROUP BY model ORDER BY count(*) DESC, model LIMIT 1;

-- Serving chunks without a vector of a model that has a generation.
CREATE TABLE waiting (
  model    TEXT COLLATE "C" NOT NULL,
  chunk    BIGINT NOT NULL,
  hash     TEXT COLLATE "C" NOT NULL,
  document BIGINT NOT NULL,
  refused  BOOLEAN NOT NULL DEFAULT false, -- by the model
  PRIMARY KEY (model, chunk)
);
CREATE INDEX waiting_by_document ON waiting (document, model, refused);
CREATE INDEX waiting_by_hash ON waiting (hash, model);

GRANT SELECT, INSERT, UPDATE, DELETE ON generations, waiting TO footnote_writer;

-- +goose Down
DROP TABLE waiting, generations;
