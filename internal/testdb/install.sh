#!/bin/sh
# Installs what the database tests need on Debian, as root: PostgreSQL, and pgvector 0.8 or newer. Does nothing when both
# are there. pgvector is Debian's package where that is new enough, else it is built from the source package of a newer
# Debian; apt's own configuration and lists stay as they are.
set -eu
wanted=0.8
suite=${FOOTNOTE_PGVECTOR_SUITE:-trixie} # the Debian whose source package is built

say() { echo "testdb: $*" >&2; }
at_least() { dpkg --compare-versions "$1" ge "$2"; }
add() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

# bindir is the folder of the newest server that is installed.
bindir() {
  newest=
  for dir in /usr/lib/postgresql/*/bin; do
    if [ -x "$dir/initdb" ] && { [ -z "$newest" ] || at_least "$(major "$dir")" "$(major "$newest")"; }; then newest=$dir; fi
  done
  echo "$newest"
}
major() { basename "$(dirname "$1")"; }

extension() { echo "/usr/share/postgresql/$(major "$bin")/extension"; }
have_vector() {
  control=$(extension)/vector.control
  [ -r "$control" ] && at_least "$(sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" "$control")" "$wanted"
}

bin=$(bindir)
if [ -n "$bin" ] && have_vector; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  say "PostgreSQL or pgvector $wanted is missing; on Debian, root can install both with internal/testdb/install.sh"
  exit 1
fi
apt-get update -qq
if [ -z "$bin" ]; then
  say "installing PostgreSQL"
  # Tests start servers of their own: no cluster for the machine.
  mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  add postgresql
  bin=$(bindir)
fi
if have_vector; then exit 0; fi

package=postgresql-$(major "$bin")-pgvector
candidate=$(apt-cache policy "$package" | sed -n 's/^ *Candidate: *//p')
if [ -n "$candidate" ] && [ "$candidate" != "(none)" ] && at_least "$candidate" "$wanted"; then
  say "installing $package $candidate"
  add "$package"
  exit 0
fi

say "building pgvector from the source package of $suite"
command -v cc >/dev/null || add gcc libc6-dev
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' 'Created-By: Packages' | head -n 1)
[ -n "$mirror" ] || { say "apt knows no Debian mirror"; exit 1; }
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/source"
if [ -r "$keyring" ]; then signed="[signed-by=$keyring] "; else signed=; fi
echo "deb-src $signed$mirror $suite main" >"$work/sources.list"
cd "$work"
newer() {
  apt-get -o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists" \
    -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -qq "$@"
}
newer update
newer source --download-only pgvector
tar -xzf pgvector_*.orig.tar.gz -C source --strip-components=1
# Only the headers are wanted: installing the package would bring a second compiler along.
apt-get -o APT::Sandbox::User=root -qq download "postgresql-server-dev-$(major "$bin")"
dpkg -x postgresql-server-dev-*.deb headers
include=$work/headers/usr/include/postgresql
cc -O2 -ftree-vectorize -fassociative-math -fno-signed-zeros -fno-trapping-math -fPIC -shared -D_GNU_SOURCE \
  -I"$include/$(major "$bin")/server" -I"$include/internal" source/src/*.c -o vector.so
version=$(sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" source/vector.control)
at_least "$version" "$wanted" || { say "$suite has pgvector $version, too old"; exit 1; }
install -m 755 vector.so "$("$bin/pg_config" --pkglibdir)/vector.so"
install -m 644 source/sql/vector.sql "$(extension)/vector--$version.sql"
install -m 644 source/vector.control "$(extension)/vector.control"
say "pgvector $version is built"
