#!/bin/sh
# Starts a PostgreSQL of its own in DIR (which must not exist yet) and prints its URL. It listens on a socket in DIR
# alone, trusts whoever can reach it, and forgets on a crash: for tests only. Stop it with postgres-stop.sh DIR.
#   postgres-start.sh DIR
set -eu

dir=${1:?usage: postgres-start.sh DIR}
bin=${FABU_POSTGRES_BIN:-}
if [ -z "$bin" ]; then
    for candidate in /usr/lib/postgresql/*/bin "$(dirname "$(command -v postgres || echo /nowhere/postgres)")"; do
        [ -x "$candidate/initdb" ] && bin=$candidate
    done
fi
if [ -z "$bin" ]; then
    echo "postgres-start: no PostgreSQL server programs found; install them or set FABU_POSTGRES_BIN" >&2
    exit 1
fi

# The server refuses to run as root.
as=
if [ "$(id -u)" = 0 ]; then
    as="runuser -u postgres --"
fi

# mkdir, not mkdir -p: somebody else's folder is not ours to fill.
mkdir -m 700 "$dir"
dir=$(cd "$dir" && pwd)
[ -z "$as" ] || chown postgres "$dir"
cd "$dir"

if [ "${#dir}" -gt 85 ]; then
    echo "postgres-start: $dir is too long for a socket's path; choose a shorter one" >&2
    exit 1
fi

$as "$bin/initdb" -D "$dir/data" -A trust -U fabu --no-sync -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 || {
    cat "$dir/initdb.log" >&2
    exit 1
}
$as "$bin/pg_ctl" -D "$dir/data" -s -w -t 30 -l "$dir/server.log" -o "-k '$dir' -c listen_addresses='' \
 -c max_connections=300 -c fsync=off -c full_page_writes=off -c synchronous_commit=off" start >&2 || {
    cat "$dir/server.log" >&2
    exit 1
}

encoded=$(printf '%s' "$dir" | sed 's|%|%25|g; s|/|%2F|g')
echo "postgres://fabu@$encoded/postgres"
