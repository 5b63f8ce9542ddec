#!/bin/bash
# Makes a throw-away cluster with the whole schema and runs tests/sql/*.sql (pgTAP) in it: all, or those named.
# Each file runs as superuser in a transaction of its own that it rolls back; fixture.sql is there for all.
set -u
cd "$(dirname "$0")/../.." || exit 2

pg=$(tests/cluster.sh start) || exit 1
trap 'tests/cluster.sh stop "$pg"' EXIT
tests/cluster.sh schema "$pg" || exit 1
export PGHOST=$pg PGUSER=postgres PGDATABASE=khoacu
export PGOPTIONS='-c client_min_messages=warning -c timezone=UTC'
psql -XAtq -v ON_ERROR_STOP=1 -c 'CREATE SCHEMA tap' -c 'CREATE EXTENSION pgtap SCHEMA tap' || exit 1

passed=0 failed=0 skipped=0
for file in sql/functions/*.sql; do
    [ -e "$file" ] || continue
    if PGOPTIONS="$PGOPTIONS -c role=khoacu_owner -c search_path=khoacu,pg_catalog" psql -Xq -v ON_ERROR_STOP=1 -1 -f "$file"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$file cannot be run twice"
    fi
done

export PGOPTIONS="$PGOPTIONS -c search_path=khoacu,tap,pg_catalog"
tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=($(cd tests/sql && ls [0-9]*.sql | sed 's/\.sql$//'))
mkdir -p build/test/sql
for name in "${tests[@]}"; do
    log=build/test/sql/$name.log
    (cd tests/sql && psql -XAtq -v ON_ERROR_STOP=1 -f "$name.sql") >"$log" 2>&1
    status=$?
    s=$(grep -ciE '^ok .*# skip' "$log")
    p=$(($(grep -cE '^ok ' "$log") - s))
    f=$(grep -cE '^not ok ' "$log")
    planned=$(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$log" | tail -1)
    [ "$status" -eq 0 ] && [ "$((p + f + s))" = "$planned" ] || f=$((f + (f == 0)))
    [ "$f" -eq 0 ] || grep -vE '^(ok |1\.\.)' "$log" | sed 's/^/    /'
    printf '%-28s %4d passed %d failed %d skipped\n' "$name" "$p" "$f" "$s"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
