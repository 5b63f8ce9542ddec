#!/bin/bash
# Browser journeys: a real server with its own cluster and the demonstration, a real Chromium.
# SCREENS=DIR keeps the screenshots there (default build/screens). Arguments name journeys.
set -u
cd "$(dirname "$0")/../.." || exit 2
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
    echo "no chromium: skipped"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
make -s build/khoacu || exit 1
if [ ! -d tests/browser/node_modules/playwright-core ] || [ tests/browser/package-lock.json -nt tests/browser/node_modules ]; then
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || exit 1
fi

work=$(mktemp -d /tmp/khoacu-browser.XXXXXX)
chmod 755 "$work"
export KHOACU_VAR=$work/var KHOACU_LISTEN=127.0.0.1:18080 KHOACU_ADMIN_LISTEN=127.0.0.1:18081 KHOACU_LOG_LEVEL=warn
build/khoacu serve --demo >"$work/log" 2>&1 &
server=$!
trap 'kill -TERM $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$work"; [ -L "$KHOACU_VAR" ] && rm -f "$KHOACU_VAR"' EXIT
for _ in $(seq 600); do
    grep -q '^Khoacu serves' "$work/log" && break
    kill -0 $server 2>/dev/null || break
    sleep 0.2
done
if ! grep -q '^Khoacu serves' "$work/log"; then
    tail -n 30 "$work/log"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi
KHOACU_BASE=http://127.0.0.1:18080 KHOACU_LOGINS=$KHOACU_VAR/demo/logins.txt KHOACU_BROWSER=$browser \
    SCREENS=${SCREENS:-build/screens} KHOACU_BINARY=$PWD/build/khoacu \
    timeout 600 node tests/browser/main.mjs "$@"
status=$?
[ $status -eq 0 ] || tail -n 20 "$work/log"
exit $status
