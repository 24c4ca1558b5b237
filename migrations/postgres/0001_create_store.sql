-- Times are microseconds since 1970 in UTC, 0 means none. Lists and maps are JSON, kept as it was written: jsonb knows no
-- \u0000. Texts that people write are bytes, because a text here can hold no zero and nothing but UTF-8. Texts are
-- compared byte by byte. Audiences: 1 internal, 2 customer, 3 public.

-- +goose Up
-- The row is locked by whoever writes, so that one transaction writes at a time, and says where the logs end and which
-- numbers were given last.
CREATE TABLE meta (
  id            INTEGER PRIMARY KEY CHECK (id = 1),
  acl_epoch     BIGINT NOT NULL,
  head          BIGINT NOT NULL DEFAULT 0, -- the newest change
  sequence      BIGINT NOT NULL DEFAULT 0, -- the newest event
  hash          TEXT COLLATE "C" NOT NULL DEFAULT '',
  last_rule     BIGINT NOT NULL DEFAULT 0,
  last_document BIGINT NOT NULL DEFAULT 0,
  last_part     BIGINT NOT NULL DEFAULT 0,
  last_chunk    BIGINT NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO meta (id, acl_epoch) VALUES (1, 1);

CREATE TABLE sources (
  id            TEXT COLLATE "C" PRIMARY KEY,
  state         TEXT COLLATE "C" NOT NULL,
  settings      TEXT COLLATE "C" NOT NULL,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  content_at    BIGINT NOT NULL DEFAULT 0,
  permission_at BIGINT NOT NULL DEFAULT 0,
  checkpoint    BYTEA NOT NULL DEFAULT '',
  last_error    BYTEA NOT NULL DEFAULT '',
  error_at      BIGINT NOT NULL DEFAULT 0
);

-- A rule may be longer than what an index takes: its hash stands for it.
CREATE TABLE rules (
  id     BIGINT PRIMARY KEY,
  acl    TEXT COLLATE "C" NOT NULL,
  sha256 TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE groups (principal TEXT COLLATE "C" PRIMARY KEY);
CREATE TABLE memberships (
  member    TEXT COLLATE "C" NOT NULL,
  principal TEXT COLLATE "C" NOT NULL REFERENCES groups (principal) ON DELETE CASCADE,
  PRIMARY KEY (member, principal)
);
CREATE INDEX memberships_by_group ON memberships (principal);
CREATE TABLE people (
  principal    TEXT COLLATE "C" PRIMARY KEY,
  display_name BYTEA NOT NULL DEFAULT '',
  disabled     BOOLEAN NOT NULL DEFAULT false
);
CREATE TABLE keys (
  id          TEXT COLLATE "C" PRIMARY KEY,
  secret_hash TEXT COLLATE "C" NOT NULL UNIQUE,
  settings    TEXT COLLATE "C" NOT NULL,
  revoked_at  BIGINT NOT NULL DEFAULT 0
);
CREATE TABLE switches (
  name   TEXT COLLATE "C" PRIMARY KEY,
  is_on  BOOLEAN NOT NULL,
  reason BYTEA NOT NULL,
  at     BIGINT NOT NULL,
  by     TEXT COLLATE "C" NOT NULL
);

-- A document's row says what serves, or what came last while nothing was ever approved. A deleted one keeps its numbers
-- and what later submissions are ordered by.
CREATE TABLE documents (
  pk               BIGINT PRIMARY KEY,
  id               TEXT COLLATE "C" NOT NULL UNIQUE,
  source           TEXT COLLATE "C" NOT NULL,
  external_id      TEXT COLLATE "C" NOT NULL,
  kind             TEXT COLLATE "C" NOT NULL,
  owner            TEXT COLLATE "C" NOT NULL,
  metadata         TEXT COLLATE "C" NOT NULL,
  audience         SMALLINT NOT NULL,
  rule             BIGINT NOT NULL REFERENCES rules (id),
  state            TEXT COLLATE "C" NOT NULL,
  status           TEXT COLLATE "C" NOT NULL,
  approved         BIGINT NOT NULL,
  pending          BIGINT NOT NULL,
  latest           BIGINT NOT NULL,
  held             BIGINT NOT NULL, -- the version that the newest submission is
  held_version     BYTEA NOT NULL,
  held_updated_at  BIGINT NOT NULL,
  held_chunks      BIGINT NOT NULL,
  digest           TEXT COLLATE "C" NOT NULL,
  retired          BOOLEAN NOT NULL,
  retired_reason   BYTEA NOT NULL,
  replaced_by      TEXT COLLATE "C" NOT NULL,
  submitted_by     TEXT COLLATE "C" NOT NULL,
  reviewed_at      BIGINT NOT NULL,
  reviewed_by      TEXT COLLATE "C" NOT NULL,
  UNIQUE (source, external_id)
);
CREATE INDEX documents_by_owner ON documents (owner) WHERE owner <> '';
CREATE INDEX documents_by_state ON documents (state, source, external_id);

-- The rights are those that the version takes over with when it is approved.
CREATE TABLE versions (
  document     BIGINT NOT NULL REFERENCES documents (pk),
  number       BIGINT NOT NULL,
  state        TEXT COLLATE "C" NOT NULL,
  sha256       TEXT COLLATE "C" NOT NULL,
  metadata     TEXT COLLATE "C" NOT NULL,
  audience     SMALLINT NOT NULL,
  rule         BIGINT NOT NULL REFERENCES rules (id),
  submitted_by TEXT COLLATE "C" NOT NULL,
  submitted_at BIGINT NOT NULL,
  decided_by   TEXT COLLATE "C" NOT NULL DEFAULT '',
  decided_at   BIGINT NOT NULL DEFAULT 0,
  reason       BYTEA NOT NULL DEFAULT '',
  PRIMARY KEY (document, number)
);

-- One row for each text of a part. The row of an approved text stays when the document is deleted, without its text,
-- so that its number is never given to another one.
CREATE TABLE parts (
  pk       BIGINT PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES documents (pk),
  key      TEXT COLLATE "C" NOT NULL,
  version  BIGINT,
  text     BYTEA,
  UNIQUE (document, key, version)
);

CREATE TABLE version_parts (
  document        BIGINT NOT NULL,
  version         BIGINT NOT NULL,
  position        BIGINT NOT NULL,
  part            BIGINT NOT NULL REFERENCES parts (pk),
  own_audience    SMALLINT NOT NULL,
  own_rule        BIGINT REFERENCES rules (id),
  audience        SMALLINT NOT NULL,
  rule            BIGINT NOT NULL REFERENCES rules (id),
  author          TEXT COLLATE "C" NOT NULL,
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  waiting_chunks  TEXT COLLATE "C", -- chunks of a shared text that are put in when this version is approved
  PRIMARY KEY (document, version, position),
  FOREIGN KEY (document, version) REFERENCES versions (document, number)
);
CREATE INDEX version_parts_by_part ON version_parts (part);

CREATE TABLE chunks (
  id         BIGINT PRIMARY KEY,
  part       BIGINT NOT NULL REFERENCES parts (pk),
  ordinal    BIGINT NOT NULL,
  start      BIGINT NOT NULL,
  "end"      BIGINT NOT NULL,
  heading    TEXT COLLATE "C" NOT NULL,
  lead       BYTEA NOT NULL,
  embed_hash TEXT COLLATE "C" NOT NULL
);
CREATE INDEX chunks_by_part ON chunks (part, ordinal);
CREATE INDEX chunks_by_hash ON chunks (embed_hash);

-- Float32, little-endian. Vectors do not compress: it is not tried.
CREATE TABLE embeddings (
  pk     BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE, -- in which old vectors are dropped
  hash   TEXT COLLATE "C" NOT NULL,
  model  TEXT COLLATE "C" NOT NULL,
  vector BYTEA NOT NULL,
  PRIMARY KEY (hash, model)
);
ALTER TABLE embeddings ALTER COLUMN vector SET STORAGE EXTERNAL;

CREATE TABLE aliases (
  document BIGINT NOT NULL REFERENCES documents (pk),
  source   TEXT COLLATE "C" NOT NULL,
  alias    TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (source, alias, document)
);
CREATE INDEX aliases_by_document ON aliases (document);

CREATE TABLE changes (
  sequence BIGINT PRIMARY KEY,
  document TEXT COLLATE "C" NOT NULL
);

CREATE TABLE events (
  sequence     BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  kind         TEXT COLLATE "C" NOT NULL,
  principal    TEXT COLLATE "C" NOT NULL,
  on_behalf_of TEXT COLLATE "C" NOT NULL,
  key_id       TEXT COLLATE "C" NOT NULL,
  request_id   BYTEA NOT NULL,
  subject      BYTEA NOT NULL,
  outcome      TEXT COLLATE "C" NOT NULL,
  details      TEXT COLLATE "C" NOT NULL,
  hash         TEXT COLLATE "C" NOT NULL
);

CREATE TABLE receipts (
  id        TEXT COLLATE "C" PRIMARY KEY,
  at        BIGINT NOT NULL,
  principal TEXT COLLATE "C" NOT NULL,
  body      TEXT COLLATE "C" NOT NULL
);

-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0];
END $$;
-- +goose StatementEnd

CREATE TRIGGER parts_keep_their_text BEFORE UPDATE OF document, key, text ON parts FOR EACH ROW
  WHEN (NEW.document IS DISTINCT FROM OLD.document OR NEW.key IS DISTINCT FROM OLD.key
    OR (NEW.text IS NOT NULL AND NEW.text IS DISTINCT FROM OLD.text))
  EXECUTE FUNCTION refuse('a part never changes its text');
CREATE TRIGGER parts_keep_their_number BEFORE UPDATE OF version ON parts FOR EACH ROW
  WHEN (OLD.version IS NOT NULL AND NEW.version IS DISTINCT FROM OLD.version)
  EXECUTE FUNCTION refuse('a part never changes its number');
CREATE TRIGGER numbered_parts_stay BEFORE DELETE ON parts FOR EACH ROW WHEN (OLD.version IS NOT NULL)
  EXECUTE FUNCTION refuse('a numbered part is never removed');
CREATE TRIGGER versions_keep_their_text BEFORE UPDATE OF document, number, sha256 ON versions FOR EACH ROW
  WHEN (NEW.document IS DISTINCT FROM OLD.document OR NEW.number IS DISTINCT FROM OLD.number
    OR NEW.sha256 IS DISTINCT FROM OLD.sha256)
  EXECUTE FUNCTION refuse('a version never changes its text');
CREATE TRIGGER events_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  EXECUTE FUNCTION refuse('events are append-only');
CREATE TRIGGER rules_never_change BEFORE UPDATE ON rules EXECUTE FUNCTION refuse('a rule never changes');
CREATE TRIGGER changes_never_change BEFORE UPDATE ON changes EXECUTE FUNCTION refuse('the change log is append-only');

-- What the program may do.
GRANT SELECT, UPDATE ON meta TO footnote_writer;
GRANT SELECT, INSERT, UPDATE, DELETE ON sources, groups, memberships, versions, parts, version_parts, chunks, embeddings,
  aliases TO footnote_writer;
GRANT SELECT, INSERT, UPDATE ON people, keys, switches, documents TO footnote_writer;
GRANT SELECT, INSERT ON rules, changes, events, receipts TO footnote_writer;

-- What passages are read as: the texts that serve, under the rules that the transaction names in footnote.permit.
GRANT SELECT (pk, id, approved, state) ON documents TO footnote_reader;
GRANT SELECT ON version_parts, parts, chunks TO footnote_reader;
ALTER TABLE version_parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE version_parts FORCE ROW LEVEL SECURITY;
ALTER TABLE parts ENABLE ROW LEVEL SECURITY;
ALTER TABLE parts FORCE ROW LEVEL SECURITY;
ALTER TABLE chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY program ON version_parts TO CURRENT_USER, footnote_writer USING (true);
CREATE POLICY program ON parts TO CURRENT_USER, footnote_writer USING (true);
CREATE POLICY program ON chunks TO CURRENT_USER, footnote_writer USING (true);
CREATE POLICY permitted ON version_parts FOR SELECT TO footnote_reader USING (
  rule = ANY ((SELECT string_to_array(current_setting('footnote.permit', true), ',')::bigint[])::bigint[])
  AND EXISTS (SELECT FROM documents d WHERE d.pk = document AND d.approved = version AND d.state = 'approved'));
CREATE POLICY permitted ON parts FOR SELECT TO footnote_reader USING (
  EXISTS (SELECT FROM version_parts vp WHERE vp.part = pk));
CREATE POLICY permitted ON chunks FOR SELECT TO footnote_reader USING (
  EXISTS (SELECT FROM version_parts vp WHERE vp.part = chunks.part));

-- +goose Down
DROP TABLE receipts, events, changes, aliases, embeddings, chunks, version_parts, parts, versions, documents, switches,
  keys, people, memberships, groups, rules, sources, meta;
DROP FUNCTION refuse();
