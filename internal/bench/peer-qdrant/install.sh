#!/bin/sh
# Installs what requirements.txt pins, beside it.
set -eu
here=$(dirname "$0")
[ -x "$here/.venv/bin/pip" ] || python3 -m venv "$here/.venv"
"$here/.venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
