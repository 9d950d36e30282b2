#!/bin/sh
# Installs what the tests talk to: postfix's smtp-sink, Kannel, and an SMPP message centre. Harmless when repeated.
# Debian packages need root or sudo; the rest goes into DIR (default: target/peers, where the tests look for it).
#   peers-install.sh [DIR]
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
dir=${1:-${FABU_TEST_PEERS:-$root/target/peers}}
# The newest that was tried; a test peer must not change by itself.
smpp=smpp34==1.5.0
smtpd=aiosmtpd==1.4.6

"$root/scripts/support/debian-install.sh" smtp-sink:postfix bearerbox:kannel smsbox:kannel ip:iproute2 \
    unshare:util-linux python3:python3 openssl:openssl
if ! python3 -c 'import ensurepip' 2>/dev/null; then
    "$root/scripts/support/debian-install.sh" ensurepip:python3-venv
fi

stamp=$dir/installed
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$smpp $smtpd" ]; then
    mkdir -p "$dir"
    python3 -m venv "$dir/venv"
    "$dir/venv/bin/pip" install -q --disable-pip-version-check "$smpp" "$smtpd" >&2
    echo "$smpp $smtpd" >"$stamp"
fi
echo "$dir"
