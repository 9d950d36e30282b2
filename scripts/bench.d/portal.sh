#!/usr/bin/env bash
# A portal page of 20 kB against nginx sending the same bytes from a file: wrk at 64 and at 1,000 connections, rounds
# interleaved, median and range. Load tool and servers share the cores. Everything stays on 127.0.0.1.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PATH:/usr/sbin"
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-5}
ulimit -n 8192 2>/dev/null || ulimit -n "$(ulimit -Hn)"

dir=$(mktemp -d)
cleanup() {
  exec 9>&- || true
  [ -s "$dir/nginx.pid" ] && kill "$(cat "$dir/nginx.pid")" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap cleanup EXIT

# Standard input that stays open keeps our server running.
mkfifo "$dir/hold"
mkdir "$dir/www" && chmod 755 "$dir" "$dir/www"
cargo bench --quiet --bench portal -- "$dir/www/page.html" <"$dir/hold" >"$dir/ours" &
exec 9>"$dir/hold"
until [ -s "$dir/ours" ]; do
  kill -0 $! 2>/dev/null || { echo "the portal did not start" >&2; exit 1; }
  read -r -t 0.2 <>"$dir/hold" || true
done
read -r port path <"$dir/ours"

# A port that is free now; nginx complains if it is not a moment later.
raw=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$dir/nginx.conf" <<CONF
worker_processes $(nproc);
worker_rlimit_nofile 8192;
pid $dir/nginx.pid;
error_log $dir/error.log;
events { worker_connections 4096; }
http {
  types { text/html html; }
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=16 inactive=60s;
  client_body_temp_path $dir/a; proxy_temp_path $dir/b; fastcgi_temp_path $dir/c; uwsgi_temp_path $dir/d; scgi_temp_path $dir/e;
  server { listen 127.0.0.1:$raw reuseport backlog=4096; root $dir/www; }
}
CONF
nginx -c "$dir/nginx.conf" -e "$dir/error.log"

cat >"$dir/out.lua" <<'LUA'
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %.0f %.2f %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1000,
    e.connect + e.read + e.write + e.timeout + e.status))
end
LUA
load() { wrk -t1 -c"$2" -d"${seconds}s" -s "$dir/out.lua" "$1" | awk '/^RESULT/ {print $2, $3, $4}'; }

for connections in 64 1000; do
  load "http://127.0.0.1:$raw/page.html" "$connections" >/dev/null
  load "http://127.0.0.1:$port$path" "$connections" >/dev/null
  for _ in $(seq "$rounds"); do
    echo "nginx $connections $(load "http://127.0.0.1:$raw/page.html" "$connections")"
    echo "fabu $connections $(load "http://127.0.0.1:$port$path" "$connections")"
  done
done >"$dir/rounds"

python3 - "$dir/rounds" "$(stat -c %s "$dir/www/page.html")" <<'PY'
import statistics
import sys

rounds = [line.split() for line in open(sys.argv[1])]
print(f"\nportal page of {sys.argv[2]} bytes, requests per second, median (range); p99 ms, median; wrk shares the cores")
for connections in ("64", "1000"):
    medians = {}
    for who in ("nginx", "fabu"):
        own = [(float(r[2]), float(r[3]), int(r[4])) for r in rounds if r[0] == who and r[1] == connections]
        rates = [r[0] for r in own]
        medians[who] = statistics.median(rates)
        print(
            f"{connections:>5} connections  {who:<6} {medians[who]:>8,.0f} ({min(rates):,.0f} to {max(rates):,.0f})"
            f"  p99 {statistics.median(r[1] for r in own):.1f}  errors {sum(r[2] for r in own)}"
        )
    ratio = medians["fabu"] / medians["nginx"]
    print(f"{'':>5}              ratio  {ratio:.2f}, bar 0.8: {'met' if ratio >= 0.8 else 'NOT met'}")
PY
