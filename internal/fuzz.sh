#!/usr/bin/env bash
# Runs every fuzz target of the module, one after the other, for FUZZTIME each.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=$(grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed 's/:func /:/')
[ -n "$targets" ] || { echo "no fuzz targets found" >&2; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for line in $targets; do
  file=${line%%:*} name=${line##*:}
  echo "== $(dirname "$file") $name"
  if go test -run '^$' -fuzz "^$name\$" -fuzztime "${FUZZTIME:-10s}" "$(dirname "$file")" 2>&1 | tee "$log"; then
    continue
  fi
  # Before 1.27 Go now and then counts the end of the time as a failure (go.dev/issue/75804). A real one leaves its input,
  # or says something else.
  if grep -q 'Failing input written' "$log" || ! grep -q '^ *context deadline exceeded$' "$log"; then
    exit 1
  fi
  echo "the time was over in the middle of a call; nothing was found"
done
