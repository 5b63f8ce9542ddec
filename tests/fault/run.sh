#!/bin/bash
# Faults: servers, workers and the database are killed while they work; what was acknowledged must be there afterwards.
# Runs tests/fault/test_*.py, or those named as arguments, on a private PostgreSQL that keeps fsync.
# FAULT_SEED repeats a run; histories lie in build/test/fault. FAULT_SHORT=1 makes each fault last less: some two minutes in
# all, which is what `make test` does. faults.tsv says which fault is made where; at the end stands a verdict per invariant.
set -u
cd "$(dirname "$0")/../.." || exit 2
export PYTHONDONTWRITEBYTECODE=1 TEST_LOGS="$PWD/build/test/fault"
rm -rf "$TEST_LOGS"
mkdir -p "$TEST_LOGS"
[ -z "${FAULT_SHORT:-}" ] || export FAULT_SECONDS="${FAULT_SECONDS:-6}"

[ -n "${TEST_BINARY:-}" ] || make -s -j"${JOBS:-1}" build/khoacu || exit 1
TEST_PGHOST=$(KHOACU_TEST_FSYNC=on tests/cluster.sh start) || exit 1
export TEST_PGHOST
trap 'tests/cluster.sh stop "$TEST_PGHOST"' EXIT

psql() { command psql -X -q -v ON_ERROR_STOP=1 -h "$TEST_PGHOST" -U postgres "$@"; }
PGOPTIONS="-c client_min_messages=warning" psql -d postgres -f sql/roles/roles.sql || exit 1
psql -d postgres -c "CREATE DATABASE khoacu_template OWNER khoacu_owner" || exit 1
KHOACU_DB="host=$TEST_PGHOST user=postgres dbname=khoacu_template" "${TEST_BINARY:-build/khoacu}" migrate >"$TEST_LOGS/migrate.log" 2>&1 ||
    { cat "$TEST_LOGS/migrate.log"; exit 1; }

passed=0 failed=0 skipped=0
scenarios=("$@")
[ ${#scenarios[@]} -gt 0 ] || scenarios=(tests/fault/test_*.py)
for scenario in "${scenarios[@]}"; do
    echo "--- $scenario"
    out="$TEST_LOGS/$(basename "$scenario" .py).out"
    timeout 600 python3 "$scenario" 2>&1 | tee "$out"
    if [[ $(tail -1 "$out") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
    else
        echo "not ok - $scenario broke off"
        p=0 f=1 s=0
    fi
    echo "$(basename "$scenario") $p $f $s" >>"$TEST_LOGS/scenarios"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "--- verdicts"
awk -f tests/fault/verdicts.awk "$TEST_LOGS/scenarios" tests/fault/faults.tsv | tee "$TEST_LOGS/verdicts"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
