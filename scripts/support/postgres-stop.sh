#!/bin/sh
# Stops the PostgreSQL that postgres-start.sh started in DIR, by its process id, and removes DIR.
#   postgres-stop.sh DIR
set -eu

dir=${1:?usage: postgres-stop.sh DIR}
dir=$(cd "$dir" && pwd)
pid_file=$dir/data/postmaster.pid
if [ -f "$pid_file" ]; then
    pid=$(head -n 1 "$pid_file")
    # After a crash the number may belong to somebody else by now.
    case $(ps -o args= -p "$pid" 2>/dev/null || true) in
    *"$dir/data"*) kill -INT "$pid" ;;
    *) pid= ;;
    esac
    waited=0
    while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; do
        waited=$((waited + 1))
        if [ "$waited" -gt 100 ]; then
            echo "postgres-stop: process $pid in $dir does not end; it and the folder were left alone" >&2
            exit 1
        fi
        sleep 0.1
    done
fi
# Only what postgres-start.sh made.
if [ -d "$dir/data" ]; then
    rm -rf "$dir"
fi
