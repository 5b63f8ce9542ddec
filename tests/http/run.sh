#!/bin/bash
# HTTP scenarios: builds the program, makes a private PostgreSQL with one migrated template, runs tests/http/test_*.py
# (or those named as arguments), and fails when a statement of sql/queries was never executed by them all.
set -u
cd "$(dirname "$0")/../.." || exit 2
export PYTHONDONTWRITEBYTECODE=1 TEST_LOGS="$PWD/build/test/http"
rm -rf "$TEST_LOGS"
mkdir -p "$TEST_LOGS"

[ -n "${TEST_BINARY:-}" ] || make -s -j"${JOBS:-1}" build/khoacu || exit 1
TEST_PGHOST=$(tests/cluster.sh start) || exit 1
export TEST_PGHOST
trap 'tests/cluster.sh stop "$TEST_PGHOST"' EXIT

psql() { command psql -X -q -v ON_ERROR_STOP=1 -h "$TEST_PGHOST" -U postgres "$@"; }
psql -d postgres -c "ALTER SYSTEM SET log_statement = 'all'" -c "SELECT pg_reload_conf()" >/dev/null || exit 1
PGOPTIONS="-c client_min_messages=warning" psql -d postgres -f sql/roles/roles.sql || exit 1
psql -d postgres -c "CREATE DATABASE khoacu_template OWNER khoacu_owner" || exit 1
KHOACU_DB="host=$TEST_PGHOST user=postgres dbname=khoacu_template" "${TEST_BINARY:-build/khoacu}" migrate >"$TEST_LOGS/migrate.log" 2>&1 ||
    { cat "$TEST_LOGS/migrate.log"; exit 1; }

passed=0 failed=0 skipped=0
scenarios=("$@")
[ ${#scenarios[@]} -gt 0 ] || scenarios=(tests/http/test_*.py)

# Each scenario has servers and a database of its own, so four may run at once: most of their time is waiting.
show() {
    local out status p f s
    out="$TEST_LOGS/$(basename "$1" .py).out"
    wait "$2"
    status=$?
    echo "--- $1"
    cat "$out"
    if [[ $(tail -1 "$out") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
        [ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
    else
        echo "not ok - $1 broke off"
        p=0 f=1 s=0
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}
started=() # "scenario pid"
next=0     # of those, to be shown
for scenario in "${scenarios[@]}"; do
    [ "$(jobs -rp | wc -l)" -lt 4 ] || wait -n
    timeout 600 python3 "$scenario" >"$TEST_LOGS/$(basename "$scenario" .py).out" 2>&1 &
    started+=("$scenario $!")
    while ! kill -0 "${started[next]#* }" 2>/dev/null; do
        show ${started[next++]}
        [ $next -lt ${#started[@]} ] || break
    done
done
for scenario in "${started[@]:next}"; do
    show $scenario
done

if [ $# -eq 0 ]; then
    echo "--- statements"
    sed -n 's/^-- :\([a-z][a-z0-9_]*\)$/\1/p' sql/queries/*.sql | grep -v '^roles$' | LC_ALL=C sort -u >"$TEST_LOGS/statements"
    grep -aoE 'execute [a-z][a-z0-9_]*:' "$TEST_PGHOST/log" | sed 's/^execute //; s/:$//' | LC_ALL=C sort -u >"$TEST_LOGS/executed"
    if never=$(LC_ALL=C comm -23 "$TEST_LOGS/statements" "$TEST_LOGS/executed") && [ -n "$never" ]; then
        echo "not ok - every statement was executed; these never:"
        printf '#   %s\n' $never
        failed=$((failed + 1))
    else
        echo "ok - every statement was executed ($(wc -l <"$TEST_LOGS/statements"))"
        passed=$((passed + 1))
    fi
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
