#!/bin/bash
# Feeds each parser mutated input under ASan and UBSan for FUZZ_SECONDS (10) seconds, from the seeds in the tree and
# what earlier runs found in build/fuzz. A finding is kept in build/fuzz and named. Arguments choose targets.
set -u
cd "$(dirname "$0")/../.." || exit 2

make --no-print-directory -s fuzzers || exit 1

targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//'))
# Two at a time: a fuzzer has one thread.
fuzz() {
    mkdir -p "build/fuzz/$1"
    "build/asan/tests/fuzz/fuzz_$1" -max_total_time="${FUZZ_SECONDS:-10}" -max_len=4096 -timeout=5 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/$1-" "build/fuzz/$1" "tests/fuzz/seeds/$1" >"build/fuzz/$1.log" 2>&1
}
passed=0 failed=0
for ((i = 0; i < ${#targets[@]}; i += 2)); do
    declare -A running=()
    for name in "${targets[@]:i:2}"; do
        fuzz "$name" &
        running[$name]=$!
    done
    for name in "${targets[@]:i:2}"; do
        log=build/fuzz/$name.log
        if wait "${running[$name]}"; then
            passed=$((passed + 1))
            printf '%-10s %s inputs, no finding\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
        else
            failed=$((failed + 1))
            printf '%-10s FAILED\n' "$name"
            grep -vE '^#[0-9]+' "$log" | tail -40 | sed 's/^/    /'
        fi
    done
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
