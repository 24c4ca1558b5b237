package main

// postgresMutants are faults in the record store for several programs: in its locks, and in what it shares with the other
// dialect.
func postgresMutants() []mutant {
	const tables = "migrations/postgres/0001_create_store.sql"
	at := func(run string) tests { return tests{"footnote/store/postgres", run} }
	kept := func(run string) tests { return at("TestStore/" + run) }
	reader, narrowed, dense := at("TestReader"), at("TestNarrowedPassages"), at("TestDenseUnderManyWriters")
	return []mutant{
		{"postgres: the reader's parts are not locked", tables, "CREATE POLICY permitted ON parts FOR SELECT TO footnote_reader USING (\n  EXISTS (SELECT FROM version_parts vp WHERE vp.part = pk));", "CREATE POLICY permitted ON parts FOR SELECT TO footnote_reader USING (true);", reader},
		{"postgres: the reader's chunks are not locked", tables, "EXISTS (SELECT FROM version_parts vp WHERE vp.part = chunks.part)", "true", reader},
		{"postgres: every rule is in the permit", tables, "rule = ANY ((SELECT", "true OR rule = ANY ((SELECT", reader},
		{"postgres: the reader sees what does not serve", tables, "AND EXISTS (SELECT FROM documents d WHERE d.pk = document AND d.approved = version AND d.state = 'approved'));", ");", reader},
		{"postgres: the owner is not locked", tables, "ALTER TABLE parts FORCE ROW LEVEL SECURITY;", "", at("TestEveryTable")},
		{"postgres: the program may rewrite the log", tables, "GRANT SELECT, INSERT ON rules, changes, events, receipts", "GRANT SELECT, INSERT, UPDATE, DELETE ON rules, changes, events, receipts", at("TestProgramMayNot")},
		{"postgres: events can be removed", tables, "BEFORE UPDATE OR DELETE OR TRUNCATE ON events", "BEFORE UPDATE ON events", at("TestWhatIsWritten")},
		{"postgres: passages are read as the program", "store/postgres/narrow.go", "SET LOCAL ROLE footnote_reader", "SET LOCAL ROLE NONE", narrowed},
		{"postgres: a permit names every rule", "store/postgres/narrow.go", "if permitted(rule) {", "if permitted(rule) || rule > 0 {", narrowed},
		{"postgres: no search is narrowed", "retrieval/view.go", "\tv.narrow()\n", "", tests{"footnote/internal/laws", "TestPassagesAreLocked"}},
		{"postgres: a plain sequence numbers changes", "store/postgres/tx.go", "last_chunk FROM meta FOR UPDATE`", "last_chunk FROM meta`", dense},
		{"postgres: what is undone takes numbers", "store/postgres/tx.go", "\tt.tail = before\n", "\tt.log = nil\n", at("TestSharedTransaction|TestDense")},
		{"postgres: a failed job stays in the transaction", "store/postgres/writer.go", "\"ROLLBACK TO job\"", "\"RELEASE job\"", at("TestSharedTransaction")},
		{"postgres: the end of the chain is not kept", "store/postgres/tx.go", "sequence = $3, hash = $4,", "sequence = $3, hash = left($4, 0),", dense},
		{"postgres: a snapshot moves on", "store/postgres/snapshot.go", "ISOLATION LEVEL REPEATABLE READ", "ISOLATION LEVEL READ COMMITTED", kept("concurrency")},
		{"postgres: a commit is told before it is on disk", "store/postgres/open.go", "CASE current_setting('synchronous_commit') WHEN 'off'", "CASE current_setting('synchronous_commit') WHEN 'never'", at("TestDurability")},
		{"postgres: other programs are not told of commits", "store/postgres/tx.go", "if t.awaited > from.awaited {", "if t.awaited < from.awaited {", at("TestListen")},
		{"postgres: a newer schema is opened", "store/postgres/migrate.go", "if current > known {", "if current > known+1_000_000 {", at("TestOpenRefuses")},
		{"postgres: a program with other keys is let in", "store/postgres/mark.go", "AND objid <> %d", "AND objid < 0 * %d", at("TestMark")},
		{"postgres: who is refused refuses others", "store/postgres/mark.go", "{others, carry + \";\" + others}", "{carry + \";SELECT pg_sleep(.2);\" + others}", at("TestMark")},
		{"postgres: errors hold the address", "store/postgres/open.go", "postgres://USER:PASSWORD@HOST:PORT/DATABASE\", nil)", "postgres://USER:PASSWORD@HOST:PORT/DATABASE\", fmt.Errorf(\"%s\", dsn))", at("TestOpenRefuses")},
		{"postgres: passages of retired documents are read", "store/postgres/passages.go", " AND d.state = 'approved'\n", "\n", kept("passages")},
		{"postgres: members that left stay", "store/postgres/groups.go", "\"DELETE FROM memberships WHERE principal = $1\"", "\"DELETE FROM memberships WHERE principal = $1 AND false\"", kept("concurrency")},
		{"postgres: groups that do not exist do", "store/postgres/groups.go", "WHERE NOT EXISTS (SELECT 1 FROM groups WHERE principal = value) ORDER BY 1", "WHERE false ORDER BY 1", kept("directory")},
		{"postgres: a key is ended only in words", "store/postgres/keys.go", "UPDATE keys SET revoked_at = $1 WHERE", "UPDATE keys SET revoked_at = 0 * $1::bigint WHERE", kept("directory")},
		{"postgres: texts are ordered by a language", tables, "  external_id      TEXT COLLATE \"C\" NOT NULL,", "  external_id      TEXT NOT NULL,", at("TestBothDialects")},
	}
}
