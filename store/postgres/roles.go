package postgres

import (
	"context"
	"errors"
)

// createRoles makes the two roles that the tables are granted to: footnote_writer for programs, and footnote_reader, as
// which they read passages. Neither can log in. They belong to the whole server, and another database may have made them.
const createRoles = `DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['footnote_writer', 'footnote_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
    IF NOT pg_has_role(wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
  IF NOT pg_has_role('footnote_writer', 'footnote_reader', 'MEMBER') THEN
    GRANT footnote_reader TO footnote_writer;
  END IF;
END $$`

// roleTries is how often making roles is tried when another database makes the same ones at the same moment.
const roleTries = 5

func makeRoles(ctx context.Context, db *session) error {
	for try := 1; ; try++ {
		_, err := db.exec(ctx, createRoles)
		switch code := state(err); {
		case code == insufficientPrivilege:
			return unavailable("this user may not make the roles footnote_writer and footnote_reader; "+
				"have somebody with the right CREATEROLE make them (docs/operating.md), or give it to this user", errors.Unwrap(err))
		case try < roleTries && (code == "23505" || code == "42710" || code == "XX000"): // made meanwhile
		default:
			return err
		}
	}
}
