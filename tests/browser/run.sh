#!/bin/bash
# Browser journeys: real servers with clusters of their own and the demonstration, a real Chromium.
# SCREENS=DIR keeps pictures of the screens there; what pages showed when a sentence did not hold is in build/test/browser.
# Arguments name journeys.
set -u
cd "$(dirname "$0")/../.." || exit 2

# Two groups, side by side on two copies of the demonstration. In each a journey finds what those before it have left behind.
first=(candidate resilience hall scan officer bank results appeal rekey)
second=(slow sitting every_kind late looks ballot panel visitor published release marker day)
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
    echo "no chromium: skipped"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
if [ $# -gt 0 ]; then
    for name in "$@"; do
        [[ " ${first[*]} ${second[*]} " == *" $name "* ]] || { echo "no journey $name; there are ${first[*]} ${second[*]}" >&2; exit 2; }
    done
    named=" $* "
    asked() { for name in "$@"; do [[ "$named" != *" $name "* ]] || echo "$name"; done; } # in the order of the group, whatever that of the arguments
    first=($(asked "${first[@]}")) second=($(asked "${second[@]}"))
fi
[ -n "${TEST_BINARY:-}" ] || make -s -j"${JOBS:-1}" build/khoacu || exit 1
if [ ! -d tests/browser/node_modules/playwright-core ] || [ tests/browser/package-lock.json -nt tests/browser/node_modules ]; then
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || exit 1
fi

work=$(mktemp -d /tmp/khoacu-browser.XXXXXX)
chmod 755 "$work"
logs=build/test/browser
rm -rf "$logs"
mkdir -p "$logs"
servers=()
finish() {
    local pid
    for pid in $(cat "$work"/pid-* 2>/dev/null); do # a journey may have put another server in the place of the first
        kill -TERM "$pid" 2>/dev/null
    done
    wait
    for pid in $(cat "$work"/pid-* 2>/dev/null); do
        while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
    done
    rm -rf "$work"
}
trap finish EXIT
# Some of them are used minutes later: they lie below those that the system gives out by itself, to other suites too.
mapfile -t ports < <(node -e '
    const net = require("node:net"), held = [];
    const hold = () => {
        const one = net.createServer().on("error", hold);
        one.listen(16000 + Math.floor(Math.random() * 16000), "127.0.0.1", () => {
            if (held.push(one) < 8) return hold();
            for (const all of held) { console.log(all.address().port); all.close(); }
        });
    };
    hold();')

# serve GROUP (0 or 1): a server with the demonstration in var-GROUP. Where much else runs this takes long: it is waited for while it goes on telling.
serve() {
    local base=http://127.0.0.1:${ports[$1 * 4]} server tries told=0 now
    KHOACU_VAR=$work/var-$1 KHOACU_LISTEN=127.0.0.1:${ports[$1 * 4]} KHOACU_ADMIN_LISTEN=127.0.0.1:${ports[$1 * 4 + 1]} KHOACU_LOG_LEVEL=warn \
        KHOACU_SMTP_URL=smtp://127.0.0.1:${ports[$1 * 4 + 3]} KHOACU_SMTP_FROM=tuyendung@thu.example KHOACU_SMTP_RETURN='tra+*@thu.example' KHOACU_SMTP_TLS=off \
        build/khoacu serve --demo >"$work/log-$1" 2>&1 &
    server=$!
    servers[$1]=$server
    echo "$server" >"$work/pid-$1"
    for ((tries = 0; tries < 3000; tries++)); do
        grep -qs "^Khoacu serves $base" "$work/log-$1" && return
        now=$(stat -c %s "$work/log-$1" 2>/dev/null)
        [ "$now" = "$told" ] || told=$now tries=0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    tail -n 30 "$work/log-$1"
    echo "not ok - the demonstration is served"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
}
# walk GROUP JOURNEY…: with the log of the server where something fails.
walk() {
    local group=$1
    shift
    KHOACU_BASE=http://127.0.0.1:${ports[group * 4]} KHOACU_SITE_PORT=${ports[group * 4 + 2]} KHOACU_SMTP_PORT=${ports[group * 4 + 3]} KHOACU_LOGINS=$work/var-$group/demo/logins.txt KHOACU_VAR=$work/var-$group \
        KHOACU_PID_FILE=$work/pid-$group KHOACU_SERVER_LOG=$work/log-$group KHOACU_ADMIN=127.0.0.1:${ports[group * 4 + 1]} \
        KHOACU_BROWSER=$browser KHOACU_BINARY=$PWD/build/khoacu KHOACU_LOGS=$logs/$group SCREENS=${SCREENS:-} \
        timeout 1500 node tests/browser/main.mjs "$@" >"$logs/$group.out" 2>&1 || tail -n 20 "$work/log-$group" >>"$logs/$group.server"
}

serve 0
if [ ${#first[@]} -gt 0 ] && [ ${#second[@]} -gt 0 ]; then
    kill -TERM "${servers[0]}"
    wait "${servers[0]}"
    cp -a "$work/var-0/." "$work/var-1"
    serve 0
    serve 1
    walk 0 "${first[@]}" &
    walking=$!
    walk 1 "${second[@]}"
    wait "$walking"
else
    walk 0 "${first[@]}" "${second[@]}"
fi

passed=0 failed=0
for out in "$logs"/[01].out; do
    cat "$out"
    if [[ $(tail -1 "$out") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    else
        echo "not ok - the journeys broke off"
        failed=$((failed + 1))
    fi
    cat "${out%.out}.server" 2>/dev/null
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
