#!/bin/sh
# Stops the PostgreSQL that postgres-start.sh started in DIR, by its process id, and removes DIR.
#   postgres-stop.sh DIR
set -eu

dir=${1:?usage: postgres-stop.sh DIR}
pid_file=$dir/data/postmaster.pid
if [ -f "$pid_file" ]; then
    pid=$(head -n 1 "$pid_file")
    kill -INT "$pid" 2>/dev/null || true
    waited=0
    while kill -0 "$pid" 2>/dev/null; do
        waited=$((waited + 1))
        if [ "$waited" -gt 100 ]; then
            echo "postgres-stop: process $pid in $dir does not end; it was left alone" >&2
            exit 1
        fi
        sleep 0.1
    done
fi
# Only what postgres-start.sh made.
[ -d "$dir/data" ] && rm -rf "$dir"
