-- Times are microseconds since 1970 in UTC, 0 means none. Lists and maps are JSON. Audiences: 1 internal, 2 customer, 3 public.

-- +goose Up
CREATE TABLE meta (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  acl_epoch INTEGER NOT NULL
) STRICT;
INSERT INTO meta (id, acl_epoch) VALUES (1, 1);

CREATE TABLE sources (
  id            TEXT PRIMARY KEY,
  state         TEXT NOT NULL,
  settings      TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  content_at    INTEGER NOT NULL DEFAULT 0,
  permission_at INTEGER NOT NULL DEFAULT 0,
  checkpoint    TEXT NOT NULL DEFAULT '',
  last_error    TEXT NOT NULL DEFAULT '',
  error_at      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE rules (
  id  INTEGER PRIMARY KEY AUTOINCREMENT,
  acl TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE groups (principal TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE memberships (
  member    TEXT NOT NULL,
  principal TEXT NOT NULL REFERENCES groups (principal) ON DELETE CASCADE,
  PRIMARY KEY (member, principal)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_group ON memberships (principal);
CREATE TABLE people (
  principal    TEXT PRIMARY KEY,
  display_name TEXT NOT NULL DEFAULT '',
  disabled     INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE keys (
  id          TEXT PRIMARY KEY,
  secret_hash TEXT NOT NULL UNIQUE,
  settings    TEXT NOT NULL,
  revoked_at  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE switches (
  name   TEXT PRIMARY KEY,
  is_on  INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at     INTEGER NOT NULL,
  by     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A document's row says what serves, or what came last while nothing was ever approved. A deleted one keeps its numbers
-- and what later submissions are ordered by.
CREATE TABLE documents (
  pk               INTEGER PRIMARY KEY,
  id               TEXT NOT NULL UNIQUE,
  source           TEXT NOT NULL,
  external_id      TEXT NOT NULL,
  kind             TEXT NOT NULL,
  owner            TEXT NOT NULL,
  metadata         TEXT NOT NULL,
  audience         INTEGER NOT NULL,
  rule             INTEGER NOT NULL REFERENCES rules (id),
  state            TEXT NOT NULL,
  status           TEXT NOT NULL,
  approved         INTEGER NOT NULL,
  pending          INTEGER NOT NULL,
  latest           INTEGER NOT NULL,
  held             INTEGER NOT NULL, -- the version that the newest submission is
  held_version     TEXT NOT NULL,
  held_updated_at  INTEGER NOT NULL,
  held_chunks      INTEGER NOT NULL,
  digest           TEXT NOT NULL,
  retired          INTEGER NOT NULL,
  retired_reason   TEXT NOT NULL,
  replaced_by      TEXT NOT NULL,
  submitted_by     TEXT NOT NULL,
  reviewed_at      INTEGER NOT NULL,
  reviewed_by      TEXT NOT NULL,
  UNIQUE (source, external_id)
) STRICT;
CREATE INDEX documents_by_owner ON documents (owner) WHERE owner <> '';
CREATE INDEX documents_by_state ON documents (state, source, external_id);

-- The rights are those that the version takes over with when it is approved.
CREATE TABLE versions (
  document     INTEGER NOT NULL REFERENCES documents (pk),
  number       INTEGER NOT NULL,
  state        TEXT NOT NULL,
  sha256       TEXT NOT NULL,
  metadata     TEXT NOT NULL,
  audience     INTEGER NOT NULL,
  rule         INTEGER NOT NULL REFERENCES rules (id),
  submitted_by TEXT NOT NULL,
  submitted_at INTEGER NOT NULL,
  decided_by   TEXT NOT NULL DEFAULT '',
  decided_at   INTEGER NOT NULL DEFAULT 0,
  reason       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (document, number)
) STRICT, WITHOUT ROWID;

-- One row for each text of a part. The row of an approved text stays when the document is deleted, without its text,
-- so that its number is never given to another one.
CREATE TABLE parts (
  pk       INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (pk),
  key      TEXT NOT NULL,
  version  INTEGER,
  text     BLOB,
  UNIQUE (document, key, version)
) STRICT;

CREATE TABLE version_parts (
  document        INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  position        INTEGER NOT NULL,
  part            INTEGER NOT NULL REFERENCES parts (pk),
  own_audience    INTEGER NOT NULL,
  own_rule        INTEGER REFERENCES rules (id),
  audience        INTEGER NOT NULL,
  rule            INTEGER NOT NULL REFERENCES rules (id),
  author          TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  waiting_chunks  TEXT, -- chunks of a shared text that are put in when this version is approved
  PRIMARY KEY (document, version, position),
  FOREIGN KEY (document, version) REFERENCES versions (document, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_parts_by_part ON version_parts (part);

CREATE TABLE chunks (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  part       INTEGER NOT NULL REFERENCES parts (pk),
  ordinal    INTEGER NOT NULL,
  start      INTEGER NOT NULL,
  end        INTEGER NOT NULL,
  heading    TEXT NOT NULL,
  lead       TEXT NOT NULL,
  embed_hash TEXT NOT NULL
) STRICT;
CREATE INDEX chunks_by_part ON chunks (part, ordinal);
CREATE INDEX chunks_by_hash ON chunks (embed_hash);

-- Float32, little-endian.
CREATE TABLE embeddings (
  hash   TEXT NOT NULL,
  model  TEXT NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (hash, model)
) STRICT;

CREATE TABLE aliases (
  document INTEGER NOT NULL REFERENCES documents (pk),
  source   TEXT NOT NULL,
  alias    TEXT NOT NULL,
  PRIMARY KEY (source, alias, document)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_document ON aliases (document);

CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE events (
  sequence     INTEGER PRIMARY KEY,
  at           INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  principal    TEXT NOT NULL,
  on_behalf_of TEXT NOT NULL,
  key_id       TEXT NOT NULL,
  request_id   TEXT NOT NULL,
  subject      TEXT NOT NULL,
  outcome      TEXT NOT NULL,
  details      TEXT NOT NULL,
  hash         TEXT NOT NULL
) STRICT;

CREATE TABLE receipts (
  id        TEXT PRIMARY KEY,
  at        INTEGER NOT NULL,
  principal TEXT NOT NULL,
  body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER parts_keep_their_text BEFORE UPDATE OF document, key, text ON parts
WHEN NEW.document IS NOT OLD.document OR NEW.key IS NOT OLD.key OR (NEW.text IS NOT NULL AND NEW.text IS NOT OLD.text)
BEGIN SELECT raise(ABORT, 'a part never changes its text'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER parts_keep_their_number BEFORE UPDATE OF version ON parts
WHEN OLD.version IS NOT NULL AND NEW.version IS NOT OLD.version
BEGIN SELECT raise(ABORT, 'a part never changes its number'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER numbered_parts_stay BEFORE DELETE ON parts WHEN OLD.version IS NOT NULL
BEGIN SELECT raise(ABORT, 'a numbered part is never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER versions_keep_their_text BEFORE UPDATE OF document, number, sha256 ON versions
WHEN NEW.document IS NOT OLD.document OR NEW.number IS NOT OLD.number OR NEW.sha256 IS NOT OLD.sha256
BEGIN SELECT raise(ABORT, 'a version never changes its text'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER rules_never_change BEFORE UPDATE ON rules
BEGIN SELECT raise(ABORT, 'a rule never changes'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER changes_never_change BEFORE UPDATE ON changes
BEGIN SELECT raise(ABORT, 'the change log is append-only'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE receipts;
DROP TABLE events;
DROP TABLE changes;
DROP TABLE aliases;
DROP TABLE embeddings;
DROP TABLE chunks;
DROP TABLE version_parts;
DROP TABLE parts;
DROP TABLE versions;
DROP TABLE documents;
DROP TABLE switches;
DROP TABLE keys;
DROP TABLE people;
DROP TABLE memberships;
DROP TABLE groups;
DROP TABLE rules;
DROP TABLE sources;
DROP TABLE meta;
