#!/bin/sh
# Writes a consistent copy of the record store in Postgres to a new file, while nodes run:
#   FOOTNOTE_STORE=postgres://... deploy/backup.sh FILE
# The user must own the store or be a superuser. Row level security shows the owner everything.
set -eu
: "${FOOTNOTE_STORE:?set it to the address of the record store}"
file=${1:?name the file to write}
if [ -e "$file" ]; then
  echo "$file is there already" >&2
  exit 1
fi
umask 077
pg_dump --format=custom --enable-row-security --schema="${FOOTNOTE_SCHEMA:-footnote}" --file="$file.part" "$FOOTNOTE_STORE"
pg_restore --list "$file.part" >/dev/null # it can be read back
mv "$file.part" "$file"
