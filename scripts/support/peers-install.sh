#!/bin/sh
# Installs what the tests talk to: postfix's smtp-sink, Kannel, and an SMPP message centre. Harmless when repeated.
# Debian packages need root; the rest goes into DIR (default: target/peers, where the tests look for it).
#   peers-install.sh [DIR]
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-${FABU_TEST_PEERS:-$root/target/peers}}
PATH=$PATH:/usr/sbin:/sbin
# The newest that was tried; a test peer must not change by itself.
smpp=smpp34==1.5.0
smtpd=aiosmtpd==1.4.6

wanted=
for pair in smtp-sink:postfix bearerbox:kannel smsbox:kannel ip:iproute2 unshare:util-linux python3:python3 \
    openssl:openssl; do
    command -v "${pair%%:*}" >/dev/null || wanted="$wanted ${pair##*:}"
done
if command -v python3 >/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then
    wanted="$wanted python3-venv"
fi
if [ -n "$wanted" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "peers-install: as root, run: apt-get install --no-install-recommends$wanted" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    # The programs are wanted, not their services: nothing may start to listen on this machine.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    apt-get update -q >&2
    # shellcheck disable=SC2086 # a list of packages
    apt-get install -q -y --no-install-recommends $wanted >&2
fi

stamp=$dir/installed
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$smpp $smtpd" ]; then
    mkdir -p "$dir"
    python3 -m venv "$dir/venv"
    "$dir/venv/bin/pip" install -q --disable-pip-version-check "$smpp" "$smtpd" >&2
    echo "$smpp $smtpd" >"$stamp"
fi
echo "$dir"
