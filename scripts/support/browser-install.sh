#!/bin/sh
# Installs what the browser tests of the portal need: Debian's Chromium with a CJK font, and from npm a driver and
# the accessibility checks, into target/peers (or $FABU_TEST_PEERS).
set -eu
cd "$(dirname "$0")/../.."
peers=${FABU_TEST_PEERS:-target/peers}
if ! command -v chromium >/dev/null || ! fc-list 2>/dev/null | grep -q 'Noto Sans CJK'; then
    apt-get install -y --no-install-recommends chromium fonts-noto-cjk
fi
mkdir -p "$peers/browser"
# No download of a browser: the tests drive Debian's.
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-audit --no-fund --prefix "$peers/browser" \
    playwright-core@1.64.1 @axe-core/playwright@4.14.0
