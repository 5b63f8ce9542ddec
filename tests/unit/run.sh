#!/bin/bash
# Builds everything and the unit tests with ASan and UBSan, then runs them: all, or those named (arena, json_read …).
# Tests that need a database find one in KHOACU_TEST_CONNINFO; those that compare with reference values look for them in
# KHOACU_TEST_DATA (../shared/data when that is there) and are skipped without.
set -u
cd "$(dirname "$0")/../.." || exit 2

make --no-print-directory -s units || exit 1

pg=$(tests/cluster.sh start) || exit 1
trap 'tests/cluster.sh stop "$pg"' EXIT
tests/cluster.sh schema "$pg" || exit 1
export KHOACU_TEST_CONNINFO="host=$pg user=postgres dbname=khoacu" KHOACU_TEST_PG="$pg"
[ -n "${KHOACU_TEST_DATA:-}" ] || [ ! -d ../shared/data ] || export KHOACU_TEST_DATA="$PWD/../shared/data"
export ASAN_OPTIONS=abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 CMOCKA_MESSAGE_OUTPUT=TAP
mkdir -p build/test/unit

tests=("$@")
[ ${#tests[@]} -gt 0 ] || tests=($(cd tests/unit && ls test_*.c | sed 's/^test_//; s/\.c$//'))
# run NAME…: one after another.
run() {
    local name
    for name in "$@"; do
        { "build/asan/tests/unit/test_$name" >"build/test/unit/$name.log" 2>&1; } 2>/dev/null
        echo $? >"build/test/unit/$name.status"
    done
}
# As many at once as there are processors; those that use the database, which is one, follow one another.
shared=() own=()
for name in "${tests[@]}"; do
    rm -f "build/test/unit/$name.status"
    if grep -qsE 'KHOACU_TEST_CONNINFO|sitting_field.h' "tests/unit/test_$name.c"; then shared+=("$name"); else own+=("$name"); fi
done
run "${shared[@]}" &
for name in "${own[@]}"; do
    [ "$(jobs -rp | wc -l)" -lt "${JOBS:-1}" ] || wait -n
    run "$name" &
done
wait

passed=0 failed=0 skipped=0
for name in "${tests[@]}"; do
    log=build/test/unit/$name.log
    s=$(grep -ciE '^(not )?ok [0-9]+ .*# skip' "$log")
    p=$(grep -viE '# skip' "$log" | grep -cE '^ok ')
    f=$(grep -viE '# skip' "$log" | grep -cE '^not ok ')
    [ "$(cat "build/test/unit/$name.status")" = 0 ] || [ "$f" -gt 0 ] || f=1
    if [ "$f" -gt 0 ]; then
        sed "s/^/    /" "$log"
    fi
    printf '%-24s %3d passed %d failed %d skipped\n' "$name" "$p" "$f" "$s"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
