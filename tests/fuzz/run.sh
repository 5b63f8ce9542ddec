#!/bin/bash
# Feeds each parser mutated input under ASan and UBSan for FUZZ_SECONDS (10) seconds, from the seeds in the tree and
# what earlier runs found in build/fuzz. A finding is kept in build/fuzz and named. Arguments choose targets.
set -u
cd "$(dirname "$0")/../.." || exit 2

make --no-print-directory -s fuzzers || exit 1

targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(cd tests/fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//'))
passed=0 failed=0
for name in "${targets[@]}"; do
    mkdir -p "build/fuzz/$name"
    log=build/fuzz/$name.log
    if "build/asan/tests/fuzz/fuzz_$name" -max_total_time="${FUZZ_SECONDS:-10}" -max_len=4096 -timeout=5 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/$name-" "build/fuzz/$name" "tests/fuzz/seeds/$name" >"$log" 2>&1; then
        passed=$((passed + 1))
        printf '%-8s %s inputs, no finding\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    else
        failed=$((failed + 1))
        printf '%-8s FAILED\n' "$name"
        grep -vE '^#[0-9]+' "$log" | tail -40 | sed 's/^/    /'
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
