#!/bin/sh
# Installs the Debian packages whose programs are missing, without starting any service they bring. Harmless when
# repeated. A program is a name on the usual paths, or the path of a file that may hold stars.
#   debian-install.sh PROGRAM:PACKAGE…
set -eu

PATH=$PATH:/usr/sbin:/sbin

is_there() {
    case $1 in
    # shellcheck disable=SC2086 # the stars are meant
    */*) for path in $1; do [ -e "$path" ] && return 0; done; return 1 ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

wanted=
for pair in "$@"; do
    is_there "${pair%%:*}" || wanted="$wanted ${pair##*:}"
done
[ -n "$wanted" ] || exit 0

missing="debian-install: missing:$wanted"
command -v apt-get >/dev/null || {
    echo "$missing; this is not Debian: install them with what this system has" >&2
    exit 1
}
root=
if [ "$(id -u)" != 0 ]; then
    root="sudo"
    # Without a terminal nobody can type a password.
    [ -t 0 ] || root="sudo -n"
    { command -v sudo && $root true; } >/dev/null || {
        echo "$missing; as root, run: apt-get install --no-install-recommends$wanted" >&2
        exit 1
    }
fi

# The programs are wanted, not their services: nothing may start to listen on this machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
    $root chmod +x "$policy"
fi
$root apt-get update -q >&2
# shellcheck disable=SC2086 # a list of packages
$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $wanted >&2
