#!/bin/sh
# Fills an empty database from a backup, all of it or nothing:
#   FOOTNOTE_STORE=postgres://... deploy/restore.sh FILE
# The user must have the name that owned the store when it was backed up.
set -eu
: "${FOOTNOTE_STORE:?set it to the address of the empty database}"
file=${1:?name the backup}
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 "$FOOTNOTE_STORE" <<'SQL'
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['footnote_writer', 'footnote_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
END $$;
SQL
pg_restore --exit-on-error --single-transaction --dbname="$FOOTNOTE_STORE" "$file"
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --command=ANALYZE "$FOOTNOTE_STORE"
