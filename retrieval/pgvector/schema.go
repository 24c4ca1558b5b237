package pgvector

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"footnote"
	"footnote/retrieval"
)

// layout is the number of what follows and of how it is coded. An index of another one is emptied.
const layout = 5

// state is the one row that says where the index stands. Writers lock it. Tables belong to a slot: a rebuild fills those of
// the next beside those that serve.
type state struct {
	schema     string
	made       string // differs each time that the schema is made
	slot       int
	watermark  uint64
	reached    uint64 // the change up to which everything is here
	rebuilt    int64  // the head from which the slot was filled: what it had not is gone, as of then
	revision   int64  // grows when groups change
	dimensions int    // of every vector; 0: none has come yet
	graphs     int    // the vectors are in so many; 0: in none
	event      retrieval.Event
}

const makeState = `CREATE TABLE IF NOT EXISTS %s.state (
	one bool PRIMARY KEY DEFAULT true CHECK (one), made uuid NOT NULL DEFAULT gen_random_uuid(),
	layout int NOT NULL, model text NOT NULL, dimensions int NOT NULL,
	slot int NOT NULL, watermark bigint NOT NULL, reached bigint NOT NULL, rebuilt bigint NOT NULL DEFAULT 0, revision bigint NOT NULL, graphs int NOT NULL,
	event bigint NOT NULL DEFAULT 0, event_hash text NOT NULL DEFAULT ''
)`

// The tables of a slot. An acl is what a permit decides about: a rule, a source and an audience; its counts are exact. An
// extent is what a document has under one acl. Chunks are numbered within their document; their ids are in its layout, which
// holds all that is known of them but vectors and words. A row of word has a stem's places in what a document has under an
// acl. A document that is gone leaves its row, so that an older state of it cannot come back.
const makeTables = `
CREATE TABLE @acl (acl int PRIMARY KEY, rule bigint NOT NULL, source text NOT NULL, audience int NOT NULL,
	chunks bigint NOT NULL, vectors bigint NOT NULL, revision bigint NOT NULL, UNIQUE (rule, source, audience));
CREATE INDEX ON @acl (revision);
CREATE TABLE @document (doc int PRIMARY KEY, id text NOT NULL UNIQUE, applied bigint NOT NULL, digest bytea NOT NULL,
	source text NOT NULL, external_id text NOT NULL, kind text NOT NULL, language text NOT NULL, owner text NOT NULL,
	products text[] NOT NULL, versions text[] NOT NULL, parts text[] NOT NULL, layout bytea NOT NULL);
CREATE TABLE @extent (doc int NOT NULL, acl int NOT NULL, chunks int NOT NULL, vectors int NOT NULL, changed timestamptz NOT NULL);
CREATE TABLE @vector (acl int NOT NULL, doc int NOT NULL, place int NOT NULL, v vector NOT NULL);
ALTER TABLE @vector ALTER v SET STORAGE PLAIN;
CREATE TABLE @code (acl int NOT NULL, doc int NOT NULL, place int NOT NULL, signs bit varying NOT NULL);
CREATE TABLE @word (acl int NOT NULL, doc int NOT NULL, stem bytea NOT NULL, places bytea NOT NULL);`

// makeIndexes are those that filled tables are given.
const makeIndexes = `CREATE INDEX ON @word (stem, acl); CREATE INDEX ON @vector (acl); CREATE INDEX ON @code (acl);
	CREATE INDEX ON @extent (doc); CREATE INDEX ON @vector (doc, place); CREATE INDEX ON @code (doc); CREATE INDEX ON @word (doc);`

// order puts those rows of filled tables beside each other that are read together.
func (s state) order() string {
	return s.sql(fmt.Sprintf(`CLUSTER @word USING word_%d_stem_acl_idx; CLUSTER @vector USING vector_%[1]d_acl_idx; CLUSTER @code USING code_%[1]d_acl_idx;`, s.slot))
}

const (
	dropping   = `DROP TABLE IF EXISTS `
	dropTables = dropping + `@acl, @extent, @vector, @code, @word, @document` // document last: it tells that there are others
)

// sql names the tables of the slot in a statement.
func (s state) sql(statement string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(statement, "@")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r < 'a' || r > 'z' })
		if end < 0 {
			end = len(after)
		}
		out.WriteString(s.schema + "." + after[:end] + "_" + strconv.Itoa(s.slot))
		statement = after[end:]
	}
}

// at is the state with the tables of another slot.
func (s state) at(slot int) state {
	s.slot = slot
	return s
}

// prepare makes what is missing.
func (x *Index) prepare(ctx context.Context) error {
	if err := x.extension(ctx); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, x.pool, func(tx pgx.Tx) error {
		// Processes that start together must not make the same thing twice.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext($1))`, x.config.Schema); err != nil {
			return err
		}
		held, err := x.held(ctx, tx)
		if err != nil {
			return err
		}
		if held != "" && held != x.config.Model {
			return footnote.Errorf(footnote.CodeConflict,
				"the schema of the index holds vectors of another model: give each model a schema of its own, or drop this one")
		}
		if held != "" {
			return nil
		}
		empty := state{schema: x.config.Schema, slot: 1}
		for _, statement := range []string{
			"CREATE SCHEMA IF NOT EXISTS " + x.config.Schema, fmt.Sprintf(makeState, x.config.Schema),
			empty.sql(makeTables), empty.sql(makeIndexes),
		} {
			if _, err = tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `INSERT INTO `+x.config.Schema+`.state (layout, model, dimensions, slot, watermark, reached, revision, graphs)
			VALUES ($1, $2, $3, 1, 0, 0, 1, 0)`,
			layout, x.config.Model, x.config.Dimensions)
		return err
	})
}

// held is the model whose index is there. One that cannot be read any more is dropped.
func (x *Index) held(ctx context.Context, tx pgx.Tx) (model string, err error) {
	var there bool
	if err = tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, x.config.Schema+".state").Scan(&there); err != nil || !there {
		return "", err
	}
	var number, dimensions int
	err = tx.QueryRow(ctx, `SELECT layout, model, dimensions FROM `+x.config.Schema+`.state`).Scan(&number, &model, &dimensions)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", err
	}
	if wanted := x.config.Dimensions; number == layout && (wanted == 0 || dimensions == 0 || wanted == dimensions) {
		return model, nil
	}
	_, err = tx.Exec(ctx, "DROP SCHEMA "+x.config.Schema+" CASCADE")
	return "", err
}

// extension sees to it that the database has pgvector, new enough.
func (x *Index) extension(ctx context.Context) error {
	const ask = `SELECT extversion, string_to_array(extversion, '.')::int[] >= '{0,8}' FROM pg_extension WHERE extname = 'vector'`
	var version string
	var enough bool
	err := x.pool.QueryRow(ctx, ask).Scan(&version, &enough)
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err = x.pool.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS vector`); err != nil {
			return noExtension(ctx, err)
		}
		err = x.pool.QueryRow(ctx, ask).Scan(&version, &enough)
	}
	if err == nil && !enough {
		err = footnote.Errorf(footnote.CodeUnavailable,
			"the database has pgvector %s and 0.8 or newer is needed: install it on the server, then run ALTER EXTENSION vector UPDATE", version)
	}
	return err
}

// table is the name of a table of the slot, for COPY.
func (s state) table(name string) pgx.Identifier {
	return pgx.Identifier{s.schema, name + "_" + strconv.Itoa(s.slot)}
}
