#!/bin/sh
# Installs what the browser tests of the portal need: Debian's Chromium with a CJK font and Node.js, and from npm a
# driver and the accessibility checks, into target/peers (or $FABU_TEST_PEERS). Harmless when repeated.
set -eu
cd "$(dirname "$0")/../.."
peers=${FABU_TEST_PEERS:-target/peers}
scripts/support/debian-install.sh chromium:chromium node:nodejs npm:npm \
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.*:fonts-noto-cjk"

packages="playwright-core@1.64.1 @axe-core/playwright@4.14.0"
stamp=$peers/browser/installed
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$packages" ]; then
    mkdir -p "$peers/browser"
    # No download of a browser: the tests drive Debian's.
    # shellcheck disable=SC2086 # a list of packages
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-audit --no-fund --prefix "$peers/browser" $packages >&2
    echo "$packages" >"$stamp"
fi
