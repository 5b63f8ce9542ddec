#!/bin/bash
# Runs the suites named as arguments, or all of them in order: lint, unit, fuzz, sql, http, browser, fault.
# A suite is tests/NAME/run.sh. It prints what it likes; its last line of the form
# "N passed, N failed, N skipped" counts its cases, and without one its exit status is its only case.
# Ends with the failures of all suites, and with that same line over them; exits 1 when a case failed.
set -u
cd "$(dirname "$0")/.." || exit 2
mkdir -p build/test

suites=("$@")
if [ ${#suites[@]} -eq 0 ]; then
    suites=(lint unit fuzz sql http browser fault)
    export FAULT_SHORT="${FAULT_SHORT-1}"
fi
passed=0 failed=0 skipped=0 lines=()
for suite in "${suites[@]}"; do
    script=tests/$suite/run.sh
    if [ ! -e "$script" ]; then
        [ $# -eq 0 ] && continue
        echo "no suite $suite" >&2
        exit 2
    fi
    echo "=== $suite"
    began=$SECONDS
    "$script" 2>&1 | tee "build/test/$suite.log"
    status=${PIPESTATUS[0]}
    if [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "build/test/$suite.log" | tail -1) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
        [ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
    else
        p=$((status == 0)) f=$((status != 0)) s=0
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    lines+=("$(printf '%-8s %5d passed %4d failed %4d skipped  %4d s' "$suite" "$p" "$f" "$s" $((SECONDS - began)))")
done

echo
# What failed is told again at the end, where it is read.
for suite in "${suites[@]}"; do
    grep -A 12 -E '^ *not ok' "build/test/$suite.log" 2>/dev/null | cut -c1-400 | sed "s/^/$suite: /"
done
[ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
